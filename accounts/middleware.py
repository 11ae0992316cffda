"""Placeholder so that settings import; replaced in the next commit."""


class _Pass:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


CleanInputMiddleware = SignInRequiredMiddleware = SecondFactorMiddleware = AsOfMiddleware = _Pass
