"""Time zones as a configuration names them.

Sources: the names of the IANA time zone database, its file ``backward`` among them; Chromium 156 and Firefox 153, asked
which names they take.
"""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from e2e_linker.config.nearest import nearest

__all__ = ["unknown_zone"]

_SURE = "Europe/Berlin"
"""A zone that is missing only where this machine knows no zones at all."""

_OFFSET = re.compile(r"(GMT)?[+-]\d{1,2}(:?\d{2})?|[A-Z]{3}|(Etc|SystemV)/.+")
"""What one browser or the other takes besides the names of the database."""

_NAMES = """
    Africa/Asmera Africa/Timbuktu America/Argentina/ComodRivadavia America/Atka America/Buenos_Aires America/Catamarca
    America/Ciudad_Juarez America/Coral_Harbour America/Cordoba America/Coyhaique America/Ensenada America/Fort_Wayne
    America/Godthab America/Indianapolis America/Jujuy America/Knox_IN America/Kralendijk America/Louisville
    America/Lower_Princes America/Marigot America/Mendoza America/Montreal America/Nipigon America/Nuuk
    America/Pangnirtung America/Porto_Acre America/Rainy_River America/Rosario America/Santa_Isabel America/Shiprock
    America/St_Barthelemy America/Thunder_Bay America/Virgin America/Yellowknife Antarctica/South_Pole
    Arctic/Longyearbyen Asia/Ashkhabad Asia/Calcutta Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Dacca
    Asia/Harbin Asia/Istanbul Asia/Kashgar Asia/Katmandu Asia/Macao Asia/Qostanay Asia/Rangoon Asia/Saigon
    Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang Asia/Ulan_Bator Atlantic/Faeroe Atlantic/Jan_Mayen Australia/ACT
    Australia/Canberra Australia/Currie Australia/LHI Australia/NSW Australia/North Australia/Queensland
    Australia/South Australia/Tasmania Australia/Victoria Australia/West Australia/Yancowinna Brazil/Acre
    Brazil/DeNoronha Brazil/East Brazil/West Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain
    Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon Chile/Continental Chile/EasterIsland Cuba
    Egypt Eire Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/Universal Etc/Zulu Europe/Belfast
    Europe/Bratislava Europe/Busingen Europe/Kiev Europe/Kyiv Europe/Mariehamn Europe/Nicosia Europe/Podgorica
    Europe/San_Marino Europe/Tiraspol Europe/Uzhgorod Europe/Vatican Europe/Zaporozhye Factory GB GB-Eire GMT GMT+0
    GMT-0 GMT0 Greenwich Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya Mexico/BajaNorte Mexico/BajaSur
    Mexico/General NZ NZ-CHAT Navajo PRC Pacific/Enderbury Pacific/Johnston Pacific/Kanton Pacific/Ponape
    Pacific/Samoa Pacific/Truk Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian
    US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific
    US/Samoa UTC Universal W-SU Zulu CST6CDT EST5EDT MST7MDT PST8PDT
"""

_OFTEN_LEFT_OUT = frozenset(_NAMES.split())
"""Names that browsers know and that a machine may lack all the same: distributions put the old ones into a package of
their own, and the latest came with updates."""


def unknown_zone(name: str) -> str | None:
    """What is wrong with the time zone ``name``, with the nearest name; None where a browser may know it.

    Where this machine has no list of zones, every name passes.
    """
    if name in _OFTEN_LEFT_OUT or _OFFSET.fullmatch(name) or _is_here(name) or not _is_here(_SURE):
        return None
    places = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(_zones())}
    near = nearest(name, _zones(), cutoff=0.8) or places.get(name.strip().replace(" ", "_").casefold())
    return f"there is no such time zone; {f'did you mean {near}?' if near else 'write one such as Europe/Berlin'}"


def _is_here(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() | _OFTEN_LEFT_OUT)
