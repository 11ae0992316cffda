"""Sample data: one round that is finished, one that meets now and one that is open.

Everything is invented but the words of the 2021 call. What lies in the past is
written straight into the tables, with the dates it would have had: nobody is
written to about it, and no verb is called that would. What lies ahead uses the
same rows that the verbs write.
"""
