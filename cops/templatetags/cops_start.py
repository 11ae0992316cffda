from django import template

from cops import start

register = template.Library()


@register.inclusion_tag("cops/_setting_up.html")
def setting_up():
    """A line that leads to what is left to set up; nothing once all is done."""
    return {"left": start.left()}
