"""Customers of the small shop who change hands: a pool, a handover, rules of assignment."""

from liuke.accounts import services as accounts
from liuke.accounts.services import Work
from liuke.customers.services import NewContactPoint, NewCustomer, record_customers
from liuke.ownership import services
from liuke.ownership.models import AssignmentRule, Handover, Pool
from liuke.ownership.rules import Hidden, Steps
from tests.journeys.shop import Shop

POOL, WHY = "长期失联的客户公海池", "三次没联系上"
NOTE = "回老家发展"
RULE, OTHER_RULE = "华东地区新能源大客户", "其余轮流"
SHANGHAI, SKILL, LANGUAGE = "上海", "新能源", "英语"
NEWCOMERS = ("许佳宁", "上海浦东新区张江高科技园区新能源汽车技术服务有限公司")
WORDS = [POOL, WHY, NOTE, RULE, OTHER_RULE, SHANGHAI, SKILL, LANGUAGE, *NEWCOMERS]


def pooled(shop: Shop) -> Pool:
    """A pool with somebody in it, and rules that lead there."""
    if (known := Pool.objects.first()) is not None:
        return known
    pool = services.save_pool(
        actor=shop.owner,
        pool=Pool(name=POOL, hidden=[Hidden.CONTACT.value], claims_a_day=3, most_owned=50),
        managers=[shop.owner],
    )
    ids = [shop[name].pk for name in ("马晓东", "上海恒达物流有限公司")]
    services.release(actor=shop.owner, customer_ids=ids, why=WHY)
    services.save_rules(
        actor=shop.owner, table={("lost", ""): 90, ("regular", "A"): 60}, steps=Steps()
    )
    return pool


def handed(shop: Shop) -> Handover:
    """Two customers of one seller went to the other."""
    if (known := Handover.objects.first()) is not None:
        return known
    receivers = {shop[name].pk: shop.seller.pk for name in ("郑文博", "周晓东")}
    return services.hand_over(
        actor=shop.owner, leaver_id=shop.other.pk, receivers=receivers, note=NOTE
    )


def ruled(shop: Shop) -> AssignmentRule:
    """Two rules, and two customers who came before them."""
    if (known := AssignmentRule.objects.first()) is not None:
        return known
    ways = [NewContactPoint("address", f"{SHANGHAI}市浦东新区")]
    new = [NewCustomer({"name": name}, ways) for name in NEWCOMERS]
    record_customers(actor=None, new=new, origin="api")
    accounts.change_user(
        actor=shop.owner, user_id=shop.seller.pk, name=shop.seller.name, role="seller",
        unit=shop.seller.unit, work=Work(skills=[SKILL], languages=[LANGUAGE]),
    )  # fmt: skip
    first = AssignmentRule(
        name=RULE,
        conditions={"regions": [SHANGHAI], "levels": ["A", "B"], "kinds": ["organization"]},
        skills=[SKILL],
        speaks=True,
    )
    people = [shop.seller, shop.other]
    services.save_rule(actor=shop.owner, rule=first, people=people)
    other = AssignmentRule(name=OTHER_RULE, pick="turn", unit=shop.seller.unit)
    services.save_rule(actor=shop.owner, rule=other, people=[])
    return first
