"""The production settings, and a header that says how many queries a page asked.

Only the counting server runs with them: nothing is timed there.
"""

from config.settings import *

MIDDLEWARE = ["tests.bench.counting.CountQueries", *MIDDLEWARE]


class CountQueries:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from django.db import connection

        asked = []

        def count(execute, statement, params, many, context):
            asked.append(statement)
            return execute(statement, params, many, context)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
            if response.streaming:
                response.streaming_content = list(response.streaming_content)
        response["X-Queries"] = str(len(asked))
        return response
