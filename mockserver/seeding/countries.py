"""Countries of test people: cities with state and postal codes, and the form of addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A city. `state`: ISO 3166-2 code without the country's. `postal_code`: each # is replaced by a digit."""

    name: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Country:
    """The country of a locale.

    `complements`: {n} is replaced by a number. `neighborhoods`: if empty, those of Faker. `two_surnames`: half of the
    people have two. `document_prefix`: makes documents unique across countries, and different from a CPF's 11 digits.
    """

    language: str
    code: str
    name: str
    cities: tuple[City, ...]
    complements: tuple[str, ...]
    neighborhoods: tuple[str, ...] = ()
    last_house: int = 180
    two_surnames: bool = False
    family_name_first: bool = False
    document_prefix: str = ""


def _cities(*rows: str) -> tuple[City, ...]:
    return tuple(City(*row.split("|")) for row in rows)


COUNTRIES: Mapping[str, Country] = {
    "pt_BR": Country(
        "pt",
        "BR",
        "Brasil",
        _cities(
            "São Paulo|SP|01###-##0",
            "Campinas|SP|130##-##0",
            "Rio de Janeiro|RJ|22###-##0",
            "Belo Horizonte|MG|301##-##0",
            "Curitiba|PR|80###-##0",
            "Porto Alegre|RS|90###-##0",
            "Florianópolis|SC|880##-##0",
            "Salvador|BA|40###-##0",
            "Recife|PE|50###-##0",
            "Fortaleza|CE|60###-##0",
            "Brasília|DF|70###-##0",
            "Goiânia|GO|740##-##0",
            "Belém|PA|66###-##0",
            "Manaus|AM|690##-##0",
        ),
        ("Apto {n}", "Casa {n}", "Bloco B, apto {n}", "Sala {n}", "Fundos"),
        last_house=2500,
        two_surnames=True,
    ),
    "en_US": Country(
        "en",
        "US",
        "United States",
        _cities(
            "New York|NY|100##",
            "Los Angeles|CA|900##",
            "San Diego|CA|921##",
            "Chicago|IL|606##",
            "Houston|TX|770##",
            "Phoenix|AZ|850##",
            "Philadelphia|PA|191##",
            "Seattle|WA|981##",
            "Denver|CO|802##",
            "Boston|MA|021##",
            "Miami|FL|331##",
            "Atlanta|GA|303##",
        ),
        ("Apt. {n}", "Suite {n}", "Unit {n}", "Floor 3"),
        ("Midtown", "Riverside", "Old Town", "Lakeview", "West End", "Hillcrest"),
        last_house=4000,
        document_prefix="9",
    ),
    "es_MX": Country(
        "es",
        "MX",
        "México",
        _cities(
            "Ciudad de México|CMX|06###",
            "Guadalajara|JAL|441##",
            "Monterrey|NLE|640##",
            "Puebla|PUE|720##",
            "Querétaro|QUE|760##",
            "Mérida|YUC|970##",
            "Tijuana|BCN|220##",
            "León|GUA|370##",
        ),
        ("Int. {n}", "Depto. {n}", "Edif. A, depto. {n}", "Planta baja"),
        ("Centro", "Del Valle", "Las Flores", "San José", "La Paz", "Jardines del Sur"),
        two_surnames=True,
        document_prefix="5200",
    ),
    "de_DE": Country(
        "de",
        "DE",
        "Deutschland",
        _cities(
            "Berlin|BE|101##",
            "Hamburg|HH|200##",
            "München|BY|803##",
            "Köln|NW|506##",
            "Frankfurt am Main|HE|603##",
            "Stuttgart|BW|701##",
            "Dresden|SN|010##",
            "Bremen|HB|281##",
            "Hannover|NI|301##",
        ),
        ("Whg. {n}", "Hinterhaus", "3. OG", "Aufgang {n}"),
        ("Altstadt", "Nordstadt", "Südstadt", "Westend", "Neustadt", "Lindenhof"),
        document_prefix="40",
    ),
    "fr_FR": Country(
        "fr",
        "FR",
        "France",
        _cities(
            "Paris|IDF|7501#",
            "Lyon|ARA|6900#",
            "Marseille|PAC|1300#",
            "Toulouse|OCC|31#00",
            "Lille|HDF|59#00",
            "Bordeaux|NAQ|33#00",
            "Nantes|PDL|44#00",
            "Strasbourg|GES|67#00",
            "Rennes|BRE|35#00",
        ),
        ("Appt {n}", "Bât. B, appt {n}", "2e étage", "Escalier {n}"),
        ("Centre-ville", "Les Halles", "Saint-Jean", "La Gare", "Beauséjour", "Le Moulin"),
        document_prefix="10750",
    ),
    "it_IT": Country(
        "it",
        "IT",
        "Italia",
        _cities(
            "Milano|MI|201##",
            "Roma|RM|001##",
            "Torino|TO|101##",
            "Napoli|NA|801##",
            "Bologna|BO|401##",
            "Firenze|FI|501##",
            "Palermo|PA|901##",
            "Genova|GE|161##",
            "Bari|BA|701##",
        ),
        ("Int. {n}", "Scala B", "Piano 2", "Palazzina {n}"),
        ("Centro", "San Lorenzo", "Porta Nuova", "Borgo", "Stazione", "Santa Croce"),
        document_prefix="39000",
    ),
    "ja_JP": Country(
        "ja",
        "JP",
        "日本",
        _cities(
            "千代田区|13|100-00##",
            "横浜市|14|220-00##",
            "大阪市|27|530-00##",
            "名古屋市|23|450-00##",
            "札幌市|01|060-00##",
            "福岡市|40|810-00##",
            "京都市|26|600-80##",
            "神戸市|28|650-00##",
            "仙台市|04|980-00##",
        ),
        ("{n}号室", "コーポ{n}", "2階"),
        family_name_first=True,
        document_prefix="8100",
    ),
}
FIRST_LOCALE = "pt_BR"
LOCALES: tuple[str, ...] = tuple(COUNTRIES)
