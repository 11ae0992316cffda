app_name = "cops"

urlpatterns = []
