"""When a customer is expected, at risk and lost: pure arithmetic on arrays of days.

kinds    what a rule says, and the three dates it gives for each purchase
rhythm   the customer's own gaps: the door to the statistics
history  the dated crossings that follow from purchases, rules and the passing of time
months   the monthly table that follows from purchases and crossings
"""
