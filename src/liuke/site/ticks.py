"""What time does, in order. Each line may run late or twice; it catches up and changes nothing."""

from liuke.agenda import services as agenda
from liuke.churn import services as churn
from liuke.core import seals
from liuke.core.ticks import Tick
from liuke.customers import services as customers
from liuke.customers import tasks as customer_jobs
from liuke.exports import services as exports
from liuke.followups import services as followups
from liuke.ownership import services as ownership

TICKS: dict[str, Tick] = {
    "customers.closures": customers.reopen_due,
    "churn.clocks": churn.advance,
    "followups.contacts": followups.advance,
    "ownership.pools": ownership.advance,
    "churn.score": churn.score_when_due,
    "customers.completeness": customers.weigh_profiles,
    "customers.merging": customer_jobs.resume_merging,
    "customers.help": customers.expire_help,
    "customers.tally": customers.keep_tally,
    "agenda.tally": agenda.keep_tally,
    "exports.expire": exports.expire,
    "journal.seals": seals.keep_sealed,
}
