from django.db import migrations

# key, name, French name, part of the province, towns. Source: Ministry of Labour, table of the
# province-wide rollout, and Statistics Canada, economic regions (2011).
CATCHMENTS = [
    (
        "hamilton-niagara",
        "Hamilton-Niagara Peninsula",
        "Hamilton-Péninsule du Niagara",
        "southwest",
        ["Hamilton", "St. Catharines", "Niagara Falls", "Brantford", "Norfolk"],
    ),
    (
        "muskoka-kawarthas",
        "Muskoka-Kawarthas",
        "Muskoka-Kawarthas",
        "central",
        ["Peterborough", "Kawartha Lakes", "Cobourg", "Port Hope", "Muskoka"],
    ),
    ("peel", "Peel", "Peel", "gta", ["Mississauga", "Brampton", "Caledon"]),
    ("halton", "Halton", "Halton", "gta", ["Oakville", "Burlington", "Milton"]),
    (
        "kingston-pembroke",
        "Kingston-Pembroke",
        "Kingston-Pembroke",
        "east",
        ["Kingston", "Belleville", "Pembroke", "Petawawa"],
    ),
    (
        "stratford-bruce",
        "Stratford-Bruce Peninsula",
        "Stratford-Péninsule Bruce",
        "southwest",
        ["Stratford", "Owen Sound"],
    ),
    ("york", "York", "York", "gta", ["Markham", "Vaughan", "Newmarket"]),
    ("durham", "Durham", "Durham", "gta", ["Oshawa"]),
    (
        "kitchener-waterloo-barrie",
        "Kitchener-Waterloo-Barrie",
        "Kitchener-Waterloo-Barrie",
        "central",
        [
            "Kitchener",
            "Cambridge",
            "Waterloo",
            "Guelph",
            "Barrie",
            "Orillia",
            "Midland",
            "Collingwood",
            "Centre Wellington",
        ],
    ),
    (
        "london",
        "London",
        "London",
        "southwest",
        ["London", "Woodstock", "Ingersoll", "Tillsonburg"],
    ),
    ("ottawa", "Ottawa", "Ottawa", "east", ["Ottawa", "Cornwall", "Brockville", "Hawkesbury"]),
    (
        "windsor-sarnia",
        "Windsor-Sarnia",
        "Windsor-Sarnia",
        "southwest",
        ["Windsor", "Sarnia", "Chatham-Kent", "Leamington"],
    ),
    (
        "northeast",
        "Northeast",
        "Nord-Est",
        "north",
        [
            "Greater Sudbury",
            "Grand Sudbury",
            "Sudbury",
            "North Bay",
            "Sault Ste. Marie",
            "Timmins",
            "Temiskaming Shores",
            "Elliot Lake",
            "Parry Sound",
            "Hearst",
            "Kapuskasing",
            "Kirkland Lake",
            "Cochrane",
        ],
    ),
    (
        "northwest",
        "Northwest",
        "Nord-Ouest",
        "north",
        [
            "Thunder Bay",
            "Kenora",
            "Rainy River",
            "Atikokan",
            "Dryden",
            "Fort Frances",
            "Sioux Lookout",
            "Marathon",
        ],
    ),
    ("toronto", "Toronto", "Toronto", "gta", ["Toronto"]),
]
OTHERS = [
    ("province-wide", "Province-wide", "Toute la province"),
    ("not-sure", "Not sure", "Je ne sais pas"),
]


def add(apps, schema_editor):
    """Give the catchments their places; what staff changed since stays changed."""
    regions = apps.get_model("accounts", "Region").objects
    for position, (key, name_en, name_fr, macro, places) in enumerate(CATCHMENTS, 1):
        facts = {"name_en": name_en, "name_fr": name_fr, "macro": macro, "places": places}
        regions.get_or_create(key=key, defaults={**facts, "position": position})
    for position, (key, name_en, name_fr) in enumerate(OTHERS, len(CATCHMENTS) + 1):
        facts = {"name_en": name_en, "name_fr": name_fr, "is_catchment": False}
        regions.get_or_create(key=key, defaults={**facts, "position": position})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_cache_table")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
