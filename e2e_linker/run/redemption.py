"""What is done with what a measured link handed over.

Its code is redeemed, also where it is open how Alexa would spell the client's name; the access token of an implicit
link is tried.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from e2e_linker.derive.basic_spelling import ENCODED, UNENCODED, proves_client, refuses_client
from e2e_linker.derive.exchange import FINAL, slashed
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import TokenCall, Walk, records
from e2e_linker.model import Depth
from e2e_linker.run.resources import Resources
from e2e_linker.service.tokens import TokenEndpoint

__all__ = ["redeem", "try_token"]


async def redeem(
    shared: Resources, endpoint: TokenEndpoint, code: SecretStr, redirect_uri: str, verifier: SecretStr | None
) -> tuple[TokenCall, ...]:
    """Exchange ``code``; the call that counts has the purpose ``exchange``.

    Which of two spellings of id and secret Alexa uses in HTTP Basic is not documented. Where they differ, and the one
    of RFC 6749 is refused, the other one is tried with the same code; one that is taken is used from then on.
    Where the endpoint redirects to its own address with or without a slash, that one is tried with the code, too.
    """

    async def exchange(client: TokenEndpoint) -> TokenCall:
        return await shared.tokens.exchange(client, code=code, redirect_uri=redirect_uri, code_verifier=verifier)

    first = await exchange(endpoint)
    target = slashed(first)
    if target is not None and not shared.simulating and shared.options.depth.includes(Depth.STANDARD):
        final = await exchange(replace(endpoint, url=target))
        return first, final.model_copy(update={"purpose": FINAL})
    if not (endpoint.urlencoded and endpoint.ambiguous and refuses_client(first)):
        return (first,)
    other = replace(endpoint, urlencoded=False)
    second = await exchange(other)
    if proves_client(second):
        shared.endpoint = other
    if read_token_answer(second).succeeded:
        return first.model_copy(update={"purpose": ENCODED}), second
    return first, second.model_copy(update={"purpose": UNENCODED})


async def try_token(shared: Resources, measured: Walk) -> tuple[TokenCall, ...]:
    """Try the access token that an implicit link handed over at ``linker.resource``.

    No call is made where there is no such place, no token, or where nothing is to be done beyond the login.
    """
    url = shared.loaded.config.linker.resource
    arrivals = records(measured.arrivals)
    params = arrivals[0].params if arrivals else ()
    handed = (param.value for param in params if (param.place, param.name) == ("fragment", "access_token"))
    token = next(filter(None, handed), None)
    if url is None or token is None or shared.simulating or not shared.options.depth.includes(Depth.STANDARD):
        return ()
    return (await shared.tokens.use(url, shared.registry.reveal(token)),)
