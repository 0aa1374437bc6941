"""What a conversation is about, by simple words: a first guess for whoever answers, and nothing hangs on it."""

import re
from collections.abc import Mapping

from upheld.mailbox.wants import Kind, Wants
from upheld.mailbox.wants.words import plain
from upheld.policy import force

LONGEST = 20_000  # characters that are looked at
OTHER = "other"
SPACELESS = "\u3000"  # from here on are the scripts that put no spaces between words

# Beginnings of words; in scripts without spaces, words. In the order in which they count.
_WORDS: Mapping[str, str] = {
    "press": "press, presse, journalis, interview, redaktion, rédaction, prensa, periodis, stampa, giornalis, "
    "imprensa, jornalis, redactie, tidning, dziennikar, журналист, 記者, 取材, 记者, 采访",
    "product": "feature, version, update, download, install, licen, lizen, bug, crash, funktion, fonction, función, "
    "funzion, função, functie, telecharg, télécharg, descarg, scaric, herunterlad, logiciel, software, aktualis, "
    "mise à jour, actualiza, aggiornament, atualiza, インストール, バージョン, 安装, 版本, 下载",
    "support": "help, hilfe, aide, ayuda, aiuto, ajuda, hulp, hjälp, hjælp, pomoc, problem, error, fehler, erreur, "
    "errore, erro, fout, work, funktionier, fonctionne, funciona, password, passwor, mot de passe, contraseñ, senha, "
    "wachtwoord, account, konto, compte, cuenta, conta, login, log in, sign in, anmeld, connect, помощ, ошибк, "
    "助けて, 問題, エラー, 帮助, 问题, 错误",
}


def topic(found: Wants, text: str) -> str:
    """One of `upheld.conversations.models.REASONS`."""
    if Kind.ORDER in found.kinds:
        return "order"
    said = plain(text[:LONGEST])
    names = ", ".join(force.in_force().products)
    tables = {**_WORDS, "product": f"{_WORDS['product']}, {names}"}
    return next((name for name, words in tables.items() if _holds(said, words)), OTHER)


def _holds(said: str, words: str) -> bool:
    found = [plain(each.strip()) for each in words.split(",")]
    begun = "|".join(re.escape(each) for each in found if each[0] < SPACELESS)
    return bool(re.search(rf"(?<!\w)(?:{begun})", said)) or any(each in said for each in found if each[0] >= SPACELESS)
