"""Two at once, for real: threads that start together, each with its own connection."""

from threading import Barrier, Thread

from django.db import connection


def at_once(*calls):
    """Run the callables in threads behind one barrier; return each one's result or exception.

    Use it in tests marked ``postgres`` and ``django_db(transaction=True)``.
    """
    barrier = Barrier(len(calls))
    results = [None] * len(calls)

    def run(place, call):
        try:
            connection.ensure_connection()  # else who connects first is done before the next
            barrier.wait(timeout=10)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
