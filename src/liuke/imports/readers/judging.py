"""Which rows become orders. The order is the unit: wholly in, or wholly out with a reason."""

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from liuke.imports.readers.mapping import Meaning

# Orders of which some row cannot be accepted, and why.
TROUBLED = """
CREATE TABLE troubled AS
SELECT order_, count(DISTINCT customer_) AS customers,
       coalesce(min(row) FILTER (problem IS NOT NULL AND customer_ IS NOT NULL),
                min(row) FILTER (customer_ IS NULL)) AS because_of
FROM parsed WHERE order_ IS NOT NULL
GROUP BY order_
HAVING customers > 1 OR (customers = 1 AND because_of IS NOT NULL)
"""
REJECTS = """
CREATE TABLE rejects AS
SELECT p.row, p.value, t.because_of AS other,
       CASE WHEN p.customer_ IS NULL THEN 'gap:customer'
            WHEN p.problem IS NOT NULL THEN p.problem
            WHEN t.customers > 1 THEN 'two_customers:customer'
            WHEN p.zero <> '' THEN p.zero
            ELSE 'sibling:' END AS problem
FROM parsed p LEFT JOIN troubled t USING (order_)
WHERE t.order_ IS NOT NULL
   OR (p.customer_ IS NOT NULL AND (p.problem IS NOT NULL OR p.zero <> ''))
"""
# A row without an order number is its own order under a number made from its content, so that
# the same row found again, in whatever place, is known again.
ACCEPTED = """
CREATE TABLE accepted AS
SELECT row, customer_ AS customer, happened, quantity, price, money,
       coalesce(product_, '') AS product, coalesce(description_, '') AS text,
       coalesce(name_, '') AS name, coalesce(phone_, '') AS phone,
       CASE WHEN quantity < 0 THEN 'return' ELSE $kind END AS kind,
       coalesce(order_, 'row-' || left(md5(concat_ws('|',
           customer_, happened, quantity, price, coalesce(product_, ''))), 24)
           || '-' || row_number() OVER (
               PARTITION BY order_ IS NULL, customer_, happened, quantity, price, product_
               ORDER BY description_ NULLS FIRST, row)) AS number
FROM parsed
WHERE customer_ IS NOT NULL AND row NOT IN (SELECT row FROM rejects)
"""
WORTHLESS = """
CREATE TABLE worthless AS
SELECT number, kind FROM accepted WHERE kind = 'sale'
GROUP BY number, kind HAVING sum(money) = 0
"""
REJECT_WORTHLESS = """
INSERT INTO rejects BY NAME
SELECT row, 'zero_total:' AS problem FROM accepted SEMI JOIN worthless USING (number, kind)
"""
# Both parts of one number (what was sold, what came back) share their place in the queue, and
# the orders of one customer stand together: each customer is touched in few chunks.
QUEUE = """
CREATE TABLE queue AS
SELECT number, row_number() OVER (ORDER BY customer, min(happened), number) AS place
FROM accepted ANTI JOIN worthless USING (number, kind)
GROUP BY number, customer
"""
ORDERS = """
CREATE TABLE orders AS
SELECT q.place, a.kind, a.number, a.customer, n.name, n.phone, min(a.happened) AS happened,
       sum(a.money) AS total, count(*) AS lines, min(a.row) AS first_row
FROM accepted a ANTI JOIN worthless USING (number, kind)
JOIN queue q USING (number)
JOIN (SELECT customer,
             coalesce(arg_max(name, (happened, name)) FILTER (name <> ''), '') AS name,
             coalesce(arg_max(phone, (happened, phone)) FILTER (phone <> ''), '') AS phone
      FROM accepted GROUP BY customer) n USING (customer)
GROUP BY q.place, a.kind, a.number, a.customer, n.name, n.phone
ORDER BY q.place, a.kind DESC
"""
LINES = """
CREATE TABLE lines AS
SELECT q.place, a.kind, a.row, a.quantity, a.price, a.product, a.text
FROM accepted a ANTI JOIN worthless USING (number, kind)
JOIN queue q USING (number)
ORDER BY q.place, a.kind DESC, a.row
"""
LEFT_OUT = """
SELECT count(*) FROM parsed p
WHERE customer_ IS NULL AND row NOT IN (SELECT row FROM rejects)
"""
SCRATCH = ("parsed", "accepted", "queue", "troubled", "worthless")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`customers`: with a positive sale (a free visit counts as one) among the accepted rows."""

    without_customer: int
    places: int
    customers: int
    first_day: str
    last_day: str


def judge(connection: DuckDBPyConnection, meaning: Meaning) -> Judgement:
    """Turn `parsed` into `orders`, `lines` and `rejects`; everything else is removed."""
    connection.execute(TROUBLED)
    connection.execute(REJECTS)
    connection.execute(ACCEPTED, {"kind": meaning.kind})
    for step in (WORTHLESS, REJECT_WORTHLESS, QUEUE, ORDERS, LINES):
        connection.execute(step)
    without_customer = connection.execute(LEFT_OUT).fetchall()[0][0]
    for table in SCRATCH:
        connection.execute(f"DROP TABLE {table}")
    row = connection.execute(
        """
        SELECT coalesce(max(place), 0),
               count(DISTINCT customer) FILTER (kind <> 'return'),
               coalesce(min(happened)::DATE::VARCHAR, ''),
               coalesce(max(happened)::DATE::VARCHAR, '')
        FROM orders
        """
    ).fetchall()[0]
    connection.execute("CHECKPOINT")
    return Judgement(without_customer, *row)
