"""Login pages of many shapes, each as real servers make them, and the small server that shows them."""

# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

USER, PASSWORD, CODE = "alice@example.test", "correct horse 7", "482913"


@dataclass
class Visit:
    """A request to the site."""

    method: str
    path: str
    form: dict[str, str]
    cookies: dict[str, str]

    @property
    def right(self) -> bool:
        values = list(self.form.values())
        return USER in values and PASSWORD in values


@dataclass(frozen=True)
class To:
    """A redirect, perhaps with a cookie."""

    address: str
    cookie: str = ""


@dataclass(frozen=True)
class Status:
    """An answer without a page."""

    status: int
    kind: str = "text/html"


ARRIVED = To("/arrived?code=abc")
Shape = Callable[[Visit], "str | To | Status"]


@dataclass
class Site:
    """What the server was asked for."""

    shape: Shape
    address: str = ""
    visits: list[Visit] = field(default_factory=list)

    def posts(self, path: str | None = None) -> list[Visit]:
        return [v for v in self.visits if v.method == "POST" and path in (None, v.path)]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *lines = head.strip().split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (item.partition(":") for item in lines)}
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            method, target, _ = line.split(" ")
            cookies = dict(c.strip().partition("=")[::2] for c in headers.get("cookie", "").split(";") if c)
            parts = urlsplit(target)
            visit = Visit(method, parts.path, dict(parse_qsl(body) or parse_qsl(parts.query)), cookies)
            writer.write(self.reply(visit))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return  # the browser changed its mind
        finally:
            writer.close()

    def reply(self, visit: Visit) -> bytes:
        if visit.path in {"/arrived", "/favicon.ico"}:
            return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        self.visits.append(visit)
        reply = self.shape(visit)
        if isinstance(reply, To):
            cookie = f"Set-Cookie: {reply.cookie}; Path=/\r\n" if reply.cookie else ""
            return f"HTTP/1.1 303 See Other\r\nLocation: {reply.address}\r\n{cookie}Connection: close\r\nContent-Length: 0\r\n\r\n".encode()
        if isinstance(reply, Status):
            return f"HTTP/1.1 {reply.status} Status\r\nConnection: close\r\nContent-Type: {reply.kind}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        data = reply.encode()
        kind = "text/html; charset=utf-8"
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {len(data)}\r\n\r\n".encode()
            + data
        )


@contextlib.asynccontextmanager
async def serving(shape: Shape) -> AsyncIterator[Site]:
    site = Site(shape)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(site.answer(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    site.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def page(body: str, title: str = "Example", head: str = "") -> str:
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>"
        f"<meta name=viewport content='width=device-width'>{head}</head><body>{body}</body></html>"
    )


def form(
    user: str = "E-mail", password: str = "Password", button: str = "Sign in", *, error: str = "", more: str = ""
) -> str:
    note = f"<p class=error>{error}</p>" if error else ""
    return (
        f"<h1>{button}</h1>{note}<form method=post action=/login><label>{user} <input name=u></label>"
        f"<label>{password} <input name=p type=password></label>{more}<button>{button}</button></form>"
    )


CONSENT = (
    "<h1>Amazon Alexa</h1><p>wants to use your lamps</p><form method=post action=/consent>"
    "<button name=d value=1 style='background:#06c;color:#fff'>Allow</button> <button name=d value=0>Deny</button></form>"
)


def _after(visit: Visit, then: str | To = ARRIVED) -> str | To:
    """What a one-page login does with its form."""
    return then if visit.right else page(form(error="Wrong user name or password."))


def one_page(visit: Visit) -> str | To:
    return _after(visit) if visit.path == "/login" else page(form())


def stirring(reaction: str) -> Shape:
    """A login that does something when the password is typed. Whoever clicks where the button was a moment ago is lost."""
    script = (
        "<script>const button = document.querySelector('button'), trap = document.createElement('div');"
        "trap.textContent = 'Get our app'; trap.onclick = () => { location = '/lost'; };"
        f"document.querySelector('[name=p]').addEventListener('input', () => {{ {reaction} }});</script>"
    )
    return lambda visit: {"/login": _after(visit), "/lost": page("<h1>Our app</h1>")}.get(
        visit.path, page(form() + script)
    )


def in_words(user: str, password: str, button: str) -> Shape:
    """A login in another language, with field names that say nothing."""
    return lambda visit: _after(visit) if visit.path == "/login" else page(form(user, password, button))


def two_pages(visit: Visit) -> str | To:
    if visit.path == "/password":
        if visit.form.get("e") != USER:
            return page("<p role=alert>We do not know that address: not found.</p>" + two_first())
        return page(
            f"<h1>Welcome</h1><p>{USER}</p><form method=post action=/login><input type=hidden name=u value='{USER}'>"
            "<input name=p type=password placeholder=Password><button>Sign in</button> <a href=/forgot>Forgot password?</a></form>"
        )
    if visit.path == "/login":
        return ARRIVED if visit.right else page("<p class=error>Incorrect password</p>" + two_first())
    return page(two_first())


def two_first() -> str:
    return (
        "<h1>Sign in</h1><form method=post action=/password><input type=email name=e placeholder='Email address' "
        "autocomplete=username><button type=button>Create account</button><button>Next</button></form>"
    )


def script_built(visit: Visit) -> str | To:
    if visit.path == "/login":
        return _after(visit)
    markup = form().replace("'", "\\'")
    return page(
        "<div id=app>Loading…</div>",
        head=f"<script>addEventListener('load',()=>setTimeout(()=>{{document.getElementById('app').innerHTML='{markup}'}},250))</script>",
    )


def late(*ticks_ms: int) -> Shape:
    """A form that a script puts in at the first tick and makes anew at every other, as hydration does."""

    def shape(visit: Visit) -> str | To:
        if visit.path == "/login":
            return _after(visit)
        put = f"document.getElementById('app').innerHTML=`{form()}`"
        return page(
            "<div id=app></div>",
            head=f"<script>addEventListener('load',()=>{list(ticks_ms)}.forEach(t=>setTimeout(()=>{{{put}}},t)))</script>",
        )

    return shape


def made_anew(visit: Visit) -> str | To:
    """The form comes with the page, and a script makes it anew right after it was first looked at, and at each key."""
    if visit.path == "/login":
        return _after(visit)
    script = (
        "const put=()=>{app.innerHTML=app.innerHTML};requestAnimationFrame(put);setTimeout(put,60);"
        "let n=0;app.oninput=()=>n++||setTimeout(put)"
    )
    return page(f"<div id=app>{form()}</div><script>{script}</script>")


TICKER = "<p id=t></p><script>setInterval(()=>{t.textContent=Math.random()},20)</script>"


def restless(visit: Visit) -> str | To:
    """Two pages on which something changes for ever."""
    reply = two_pages(visit)
    return reply if isinstance(reply, To) else reply.replace("</body>", f"{TICKER}</body>")


def restless_landing(visit: Visit) -> str | To:
    reply = landing(visit)
    return reply if isinstance(reply, To) else reply.replace("</body>", f"{TICKER}</body>")


def nameless(visit: Visit) -> str | To:
    """No name, id, label, placeholder or form method: a script collects what was typed."""
    if visit.path == "/login":
        return _after(visit)
    return page(
        "<table><tr><td><input></td></tr><tr><td><input type=password></td></tr></table><button onclick='go()'>→</button>",
        head="<script>function go(){const [u,p]=document.querySelectorAll('input');const f=document.createElement('form');"
        "f.method='post';f.action='/login';for(const [n,e] of [['u',u],['p',p]]){const i=document.createElement('input');"
        "i.name=n;i.value=e.value;f.append(i)};document.body.append(f);f.submit()}</script>",
    )


def nameless_form(visit: Visit) -> str | To:
    """Nothing but two fields; the Enter key sends them."""
    if visit.path == "/login":
        return _after(visit)
    return page(
        "<div onkeydown=\"if(event.key=='Enter'){const [u,p]=this.querySelectorAll('input');"
        "location='/login?'+new URLSearchParams({u:u.value,p:p.value})}\"><input><input type=password></div>"
    )


def consent(body: str, *, needs: tuple[str, str] = ("d", "1"), also: str = "") -> Shape:
    """A login, then a consent page; only the right answer arrives."""

    def shape(visit: Visit) -> str | To:
        if visit.path == "/login":
            return To("/consent") if visit.right else page(form(error="Wrong password"))
        if visit.path == "/consent" and (visit.method == "POST" or visit.form):
            if visit.form.get(needs[0]) != needs[1]:
                return page("<h1>Access denied</h1>", "Denied")
            return ARRIVED if not also or also in visit.form else page("<p role=alert>Please accept.</p>" + body)
        return page(body) if visit.path == "/consent" else page(form())

    return shape


def _buttons(*buttons: str) -> str:
    return (
        "<h1>Example Lamps</h1><p>Alexa asks for access</p><form method=post action=/consent>"
        + "".join(buttons)
        + "</form>"
    )


ALLOW = "<button name=d value=1>Allow</button>"
DENY = "<button name=d value=0>Don't allow</button>"
BOX_SCRIPT = (
    "<input type=checkbox name=ok id=ok><label for=ok>I have read the <a href=/terms>terms</a></label>"
    "<input type=checkbox name=news><label>Send me the newsletter</label>"
    "<button name=d value=1 disabled>Allow</button><button name=d value=0>Cancel</button>"
    "<script>ok.onchange=()=>document.querySelector('[value=\"1\"]').disabled=!ok.checked</script>"
)
HIDDEN_BOX = (
    "<style>#ok{position:absolute;opacity:0;width:0;height:0}</style><input type=checkbox name=ok id=ok>"
    "<label for=ok>☐ I agree that Alexa may use my lamps</label>" + ALLOW + DENY
)

CONSENTS: dict[str, Shape] = {
    "allow first": consent(_buttons(ALLOW, DENY)),
    "deny first": consent(_buttons(DENY, ALLOW)),
    "input buttons, cancel first": consent(
        _buttons("<input type=submit value=Cancel>", "<input type=submit name=allow value=Authorize>"),
        needs=("allow", "Authorize"),
    ),
    "german": consent(
        _buttons("<button name=d value=0>Nicht zulassen</button>", "<button name=d value=1>Zulassen</button>")
    ),
    "japanese": consent(
        _buttons("<button name=d value=0>許可しない</button>", "<button name=d value=1>許可する</button>")
    ),
    "french": consent(_buttons("<button name=d value=1>Autoriser</button>", "<button name=d value=0>Refuser</button>")),
    "unknown language": consent(
        _buttons(
            "<button name=deny value=0>Kieltäydyn nyt</button>", "<button name=allow value=1>Antaa mennä</button>"
        ),
        needs=("allow", "1"),
    ),
    "continue and cancel": consent(
        _buttons("<button name=d value=0>Cancel</button>", "<button name=d value=1>Continue</button>")
    ),
    "box enables the button": consent(_buttons(BOX_SCRIPT), also="ok"),
    "box asked for by the server": consent(
        _buttons("<label><input type=checkbox name=ok> I agree to share my lamps</label>", ALLOW, DENY), also="ok"
    ),
    "box without telling words": consent(
        _buttons("<label><input type=checkbox name=ok> Lamps</label>", ALLOW, DENY), also="ok"
    ),
    "required box": consent(
        _buttons("<label><input type=checkbox name=ok required> Yes</label>", ALLOW, DENY), also="ok"
    ),
    "hidden box": consent(_buttons(HIDDEN_BOX), also="ok"),
    "required radio": consent(
        _buttons(
            "<label><input type=radio name=home value=1 required> Home</label><label><input type=radio name=home value=2> Office</label>",
            ALLOW,
            DENY,
        ),
        also="home",
    ),
    "links": consent(
        "<h1>Link</h1><p>Alexa</p><a href='/consent?d=0'>Cancel</a> <a href='/consent?d=1'>Link account</a>"
    ),
    "signed-in name above": consent(
        f"<header><a href=/me>{USER}</a> <a href=/logout>Log out</a></header>" + _buttons(DENY, ALLOW)
    ),
}


def first_link_only(visit: Visit) -> str | To:
    """The consent page comes at the first link; a cookie remembers it."""
    if visit.path == "/login" and visit.right:
        return ARRIVED if "agreed" in visit.cookies else To("/consent")
    if visit.path == "/consent":
        return To("/arrived?code=abc", "agreed=1") if visit.method == "POST" else page(_buttons(DENY, ALLOW))
    return page(form())


def banner(visit: Visit) -> str | To:
    """A cookie banner lies over the button; its own buttons are no consent."""
    over = (
        "<div id=ck style='position:fixed;inset:0;background:#fff;z-index:9'><p>We use cookies.</p>"
        "<button onclick='ck.remove()'>Accept all</button><button onclick='ck.remove()'>Reject all</button></div>"
    )
    return _after(visit) if visit.path == "/login" else page(over + form())


def banner_aside(visit: Visit) -> str | To:
    """A cookie banner that is in nobody's way is left alone, also on the consent page."""
    bar = "<div class=cookie-bar style='position:fixed;bottom:0'>Cookies! <button onclick=\"location='/cookies'\">Accept</button></div>"
    if visit.path == "/login":
        return To("/consent") if visit.right else page(form(error="wrong"))
    if visit.path == "/consent":
        return ARRIVED if visit.form.get("d") == "1" else page(bar + _buttons(DENY, ALLOW))
    return page(bar + form())


def stay_signed_in(visit: Visit) -> str | To:
    if visit.path == "/login":
        return To("/kmsi") if visit.right else page(form(error="wrong"))
    if visit.path == "/kmsi":
        stay = "<h1>Stay signed in?</h1><form method=post><button name=k value=0>No</button><button name=k value=1>Yes</button></form>"
        return ARRIVED if visit.method == "POST" else page(stay)
    return page(form(more="<label><input type=checkbox name=r> Remember me</label>"))


def chooser(visit: Visit) -> str | To:
    if visit.path == "/as":
        return To("/consent")
    if visit.path == "/consent":
        return ARRIVED if visit.form.get("d") == "1" else page(_buttons(DENY, ALLOW))
    return page(
        "<h1>Choose an account</h1><ul><li><a href='/other'>bob@example.test</a></li>"
        f"<li><a href='/as?u=1'>Alice<br>{USER}</a></li><li><a href=/new>Use another account</a></li></ul>"
    )


def popup(visit: Visit) -> str | To:
    if visit.path == "/pop":
        return page(form(), "Pop")
    if visit.path == "/login":
        if not visit.right:
            return page(form(error="wrong"))
        return page("<script>opener.location='/done';close()</script>")
    if visit.path == "/done":
        return page(_buttons(DENY, ALLOW))
    if visit.path == "/consent":
        return ARRIVED
    return page("<h1>Welcome</h1><button onclick=\"open('/pop','x','width=400,height=500')\">Log in</button>")


def framed(visit: Visit) -> str | To:
    if visit.path == "/inner":
        return page(form().replace("<form", "<form target=_top"))
    return (
        _after(visit)
        if visit.path == "/login"
        else page("<h1>Hello</h1><iframe src=/inner width=500 height=300></iframe>")
    )


def shadow(visit: Visit) -> str | To:
    if visit.path == "/login":
        return _after(visit)
    return page(
        f"<x-login></x-login><script>document.querySelector('x-login').attachShadow({{mode:'open'}}).innerHTML=`{form()}`</script>"
    )


def signed_in(visit: Visit) -> str | To:
    return ARRIVED


def woken_by_keys(visit: Visit) -> str | To:
    """The button wakes up only by key events in the last field."""
    body = form().replace("<button>", "<button disabled>")
    script = "<script>document.querySelector('[name=p]').onkeyup=()=>document.querySelector('button').disabled=false</script>"
    return _after(visit) if visit.path == "/login" else page(body + script)


def enabled_by_input(visit: Visit) -> str | To:
    body = form().replace("<button>", "<button disabled>")
    script = "<script>const f=document.forms[0];f.oninput=()=>setTimeout(()=>f.querySelector('button').disabled=!(f.u.value&&f.p.value),200)</script>"
    return _after(visit) if visit.path == "/login" else page(body + script)


def controlled(visit: Visit) -> str | To:
    """A script keeps what is typed, as React does: what comes by a field's own setter it takes for its own doing."""
    if visit.path == "/login":
        return _after(visit)
    keep = """<script>
        const kept = {u: 'b@old.test', p: ''}, own = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
        for (const field of document.querySelectorAll('input')) {
          let known = own.get.call(field);
          Object.defineProperty(field, 'value', {
            get() { return own.get.call(this); }, set(text) { known = text; own.set.call(this, text); },
          });
          field.addEventListener('input', () => {
            if (field.value !== known) kept[field.name] = known = field.value;
          });
        }
        document.forms[0].onsubmit = (sent) => {
          sent.preventDefault();
          location = '/login?' + new URLSearchParams(kept);
        };</script>"""
    return page(form().replace("<input name=u", "<input type=email value=b@old.test name=u", 1) + keep)


def password_appears(visit: Visit) -> str | To:
    body = form(more="").replace("<label>Password", "<label hidden>Password")
    script = "<script>const f=document.forms[0];f.u.oninput=()=>f.querySelector('[hidden]')?.removeAttribute('hidden')</script>"
    return _after(visit) if visit.path == "/login" else page(body + script)


def two_steps_in_one_document(visit: Visit) -> str | To:
    """A script swaps the user name for the password, and posts both."""
    if visit.path == "/login":
        return _after(visit)
    return page(
        "<h1>Sign in</h1><div id=a><input id=u placeholder=Username><div class=btn style='cursor:pointer' onclick='n()'>Next</div></div>"
        "<script>let name;function n(){name=u.value;setTimeout(()=>{a.innerHTML='<input type=password id=p placeholder=Password>"
        '<div style="cursor:pointer" onclick="g()">Log in</div>\'},120)}'
        "function g(){location='/login?'+new URLSearchParams({u:name,p:p.value})}</script>"
    )


def notice(visit: Visit) -> str | To:
    if visit.path == "/login":
        return To("/notice") if visit.right else page(form(error="wrong"))
    if visit.path == "/notice":
        return page(
            "<nav><a href=/home>Home</a><a href=/logout>Log out</a></nav><h1>We changed our terms</h1><p>Read them.</p>"
            "<button onclick=\"location='/arrived?code=abc'\">Continue</button><button onclick=\"location='/bye'\">Delete account</button>"
        )
    return page(form())


def notice_to_the_account(visit: Visit) -> str | To:
    """A notice that says “to your account” for the way on, beside what stands on every page of its site."""
    if visit.path == "/login":
        return To("/notice") if visit.right else page(form(error="wrong"))
    if visit.path == "/notice":
        return page(
            "<h1>You are welcome</h1><p>Your settings were kept.</p>"
            "<button onclick=\"location='/arrived?code=abc'\">Continue to your account</button>"
            "<form method=post action=/bye><button>Log out</button></form>"
            "<form method=post action=/other><button>Dark mode</button></form>"
            "<p><a href=/other>Imprint</a> · <a href=/other>Report an error</a></p>"
        )
    return page(form())


def passkey_offer(visit: Visit) -> str | To:
    if visit.path == "/login":
        return To("/offer") if visit.right else page(form(error="wrong"))
    if visit.path == "/offer":
        return (
            ARRIVED
            if visit.form.get("later")
            else page(
                "<h1>Sign in faster with a passkey</h1><form method=post><button name=now value=1>Continue</button>"
                "<button name=later value=1>Not now</button></form>"
            )
        )
    return page(form())


def beside_google(visit: Visit) -> str | To:
    google = "<form action=/google><button style='background:#00f;color:#fff'>Sign in with Google</button></form><a href=/fb>Continue with Facebook</a>"
    return _after(visit) if visit.path == "/login" else page(google + form("Email", "Password", "Continue"))


def beside_registration(visit: Visit) -> str | To:
    register = (
        "<form method=post action=/register><h2>New here?</h2><input name=email placeholder=Email>"
        "<input type=password name=a placeholder=Password><input type=password name=b placeholder='Repeat password'>"
        "<button>Create account</button></form>"
    )
    return _after(visit) if visit.path == "/login" else page(register + form())


def registration_first(visit: Visit) -> str | To:
    """The first page makes accounts; the login is one link away."""
    if visit.path == "/signin":
        return page(form())
    if visit.path == "/login":
        return _after(visit)
    return page(
        "<h1>Create your account</h1><form method=post action=/register><input name=name placeholder='Full name'>"
        "<input name=email placeholder=Email><input type=password name=p autocomplete=new-password placeholder=Password>"
        "<button>Sign up</button></form><p>Already have an account? <a href=/signin>Log in</a></p>"
    )


def beside_search(visit: Visit) -> str | To:
    around = (
        "<header><form action=/search><input name=q placeholder=Search><button>Go</button></form></header>"
        "<form action=/news method=post><p>Newsletter</p><input type=email name=email placeholder='Your e-mail'><button>Subscribe</button></form>"
    )
    if visit.path == "/password":
        return page(
            around
            + "<form method=post action=/login><input type=hidden name=u value='"
            + USER
            + "'><input type=password name=p><button>OK</button></form>"
        )
    if visit.path == "/login":
        return _after(visit)
    return page(
        around
        + "<main><h1>Log in</h1><form action=/password method=post><label>Customer number <input name=c></label><button>Next</button></form></main>"
    )


def landing(visit: Visit) -> str | To:
    if visit.path == "/signin":
        return page(form())
    return (
        _after(visit)
        if visit.path == "/login"
        else page(
            "<nav><a href=/about>About</a></nav><h1>Lamps</h1><a href=/signup>Sign up</a> <a href=/signin>Log in</a>"
        )
    )


def ways_to_sign_in(visit: Visit) -> str | To:
    if visit.path == "/email":
        return page(form())
    if visit.path == "/login":
        return _after(visit)
    return page(
        "<h1>Sign in</h1><button onclick=\"location='/google'\">Continue with Google</button>"
        "<button onclick=\"location='/passkey'\">Sign in with a passkey</button><button onclick=\"location='/email'\">Continue with email</button>"
    )


def toggle(visit: Visit) -> str | To:
    body = form(more="<button type=button onclick=\"p.type='text'\">Show password</button>")
    return _after(visit) if visit.path == "/login" else page(body)


def with_code(
    field: str = "<input name=otp autocomplete=one-time-code>",
    text: str = "Open your authenticator app.",
    code: str = CODE,
) -> Shape:
    """A password page, then a page for the code."""

    def shape(visit: Visit) -> str | To:
        if visit.path == "/login":
            return To("/code") if visit.right else page(form(error="wrong"))
        if visit.path == "/code":
            if visit.method == "POST" and "".join(visit.form.values()).strip() == code:
                return ARRIVED
            wrong = "<p role=alert>The code is not valid.</p>" if visit.method == "POST" else ""
            return page(
                f"<h1>Two-step verification</h1>{wrong}<p>{text}</p><form method=post>{field}<button>Verify</button></form>"
            )
        return page(form())

    return shape


DIGITS = "".join(
    f"<input name=c{n} maxlength=1 size=1 oninput='this.value&&this.nextElementSibling?.focus()'>" for n in range(6)
)


def code_asked(field: str, *, first: bool = False, then: str = "") -> Shape:
    """A page that asks for the code without a word about it, after the password or ``first``; /verify takes it once.

    ``then``: what is said to a second code, and to a wrong one.
    """
    asked: list[str] = []

    def shape(visit: Visit) -> str | To:
        if visit.path == "/login":
            return To("/code") if visit.right else page(form(error="wrong"))
        if visit.path == "/verify":
            asked.append("".join(visit.form.values()))
            return ARRIVED if asked == [CODE] else page(f"<h1>{then}</h1>" + field, "Lamps")
        return page(f"<h1>Almost there</h1>{field}", "Lamps") if first or visit.path == "/code" else page(form())

    return shape


def boxes(
    attributes: str = "maxlength=1 inputmode=numeric", script: str = "", *, button: str = "<button>→</button>"
) -> str:
    """Six boxes without a name for anybody, side by side in a form, and a script that knows them as ``all``."""
    row = "".join(
        f"<div style='display:inline-block'><input {attributes} name=d{n} style='width:30px;height:40px'></div>"
        for n in range(6)
    )
    known = "const all = Array.from(document.querySelectorAll('input')), form = document.forms[0];"
    return f"<form action=/verify method=post>{row}{button}</form><script>{known}{script}</script>"


ON_BY_INPUT = "all.forEach((box, n) => box.addEventListener('input', () => { if (box.value) all[n + 1]?.focus() }));"
ON_LATER = "all.forEach((box, n) => box.addEventListener('input', () => setTimeout(() => all[n + 1]?.select(), 40)));"
ON_BY_KEY = (
    "const code = []; all.forEach((box, n) => box.addEventListener('keydown', event => { if (!/^[0-9]$/.test(event.key)) return;"
    "event.preventDefault(); box.value = code[n] = event.key; all[n + 1]?.focus(); {} }}));"
)
SENT_AT_ONCE = "form.addEventListener('input', () => { if (all.every(box => box.value)) form.submit() });"
ASK = (
    "const ask = async () => { const code = all.map(box => box.value).join(''); await fetch('/log', { method: 'POST' });"
    "setTimeout(() => { location = '/verify?c=' + code }, 1500) }; form.onsubmit = event => { event.preventDefault(); ask() };"
)
ASKED_AT_ONCE = ASK + "form.addEventListener('input', () => { if (all.every(box => box.value)) ask() });"
ASKED_LATER = ASK + "form.addEventListener('input', () => { if (all.every(box => box.value)) setTimeout(ask, 400) });"
ONE_FIELD = "<input inputmode=numeric maxlength=6 name=x><button>→</button>"
CODE_PAGES: dict[str, str] = {
    "boxes": boxes(),
    "boxes for passwords": boxes("type=password maxlength=1"),
    "boxes for numbers": boxes("type=number", ON_BY_INPUT),
    "boxes that only a pattern tells of": boxes("pattern=[0-9]*", ON_BY_INPUT),
    "boxes whose placeholders are digits": boxes("maxlength=1 placeholder=0"),
    "boxes that move on later": boxes(script=ON_LATER),
    "boxes that hear of keys": boxes(script=ON_BY_KEY.replace("{}", "").replace("}}", "}")),
    "boxes that hear of keys, without a button": boxes(
        script=ON_BY_KEY.replace("{}", "if (code.length === 6) location = '/verify?c=' + code.join('')").replace(
            "}}", "}"
        ),
        button="",
    ),
    "boxes that send themselves": boxes(script=ON_BY_INPUT + SENT_AT_ONCE),
    "boxes that send themselves later": boxes(script=ON_LATER + ASKED_LATER),
    "boxes that send themselves by script": boxes(script=ON_BY_INPUT + ASKED_AT_ONCE),
    "one field": f"<form action=/verify method=post>{ONE_FIELD}</form>",
    "one field that sends itself": f"<form action=/verify method=post>{ONE_FIELD}</form><script>const form = document.forms[0], all = [form.x];"
    f"{ASK} form.x.oninput = () => {{ if (form.x.value.length === 6) setTimeout(ask, 400) }}</script>",
}


SEND = (
    "<script>const send = (u, p) => { const form = document.createElement('form'); form.method = 'post'; form.action = '/login';"
    "for (const [name, value] of [['u', u], ['p', p]]) { const field = document.createElement('input'); field.type = 'hidden';"
    "field.name = name; field.value = value; form.append(field); } document.body.append(form); form.submit(); };"
    "const define = (tag, shadow, ready = () => {}) => customElements.define(tag, class extends HTMLElement {"
    "connectedCallback() { if (!this.shadowRoot) { this.attachShadow({ mode: 'open' }).innerHTML = shadow(this); ready(this); } } });</script>"
)
"""For pages of components: what sends the login by script, and what makes a component of a shadow tree."""


def components(body: str, script: str) -> Shape:
    """A login of components that know nothing of forms, and of the return key."""
    wrong = page("<h1>Sorry</h1><p>That was not complete.</p>")
    return lambda visit: (
        (ARRIVED if visit.right else wrong)
        if visit.path == "/login"
        else page(f"{SEND}{body}<script>{script}</script>")
    )


FIELDS_OF_COMPONENTS = "<x-field id=u>E-mail</x-field><x-field id=p type=password>Password</x-field>"
PLAIN_FIELD = "define('x-field', el => `<label for=i><slot></slot></label><input id=i type=${el.getAttribute('type') || 'text'}>`);"
WITH_VALUES = "() => send(...['u', 'p'].map(id => document.getElementById(id).shadowRoot.querySelector('input').value))"

slotted_button = components(
    f"<h1>Sign in</h1>{FIELDS_OF_COMPONENTS}<x-press>Help</x-press><x-press id=b>Continue</x-press>",
    PLAIN_FIELD
    + "define('x-press', () => '<button type=button><span><slot name=icon></slot></span><slot>Wait</slot></button>');"
    f"b.onclick = {WITH_VALUES};",
)

clear_fields = components(
    f"<h1>Welcome</h1>{FIELDS_OF_COMPONENTS}<button type=button id=b>Sign in</button>",
    "define('x-frame', el => `<style>div { position: relative; height: 56px; width: 300px; border: 1px solid } p { opacity: 0 }"
    ":host([busy]) p { opacity: 1 } :host([busy]) span { display: none } span { position: absolute; left: 16px; top: 18px; pointer-events: none }"
    "</style><div><span aria-hidden=true>${el.getAttribute('label')}</span><p><slot></slot></p></div>`);"
    "define('x-field', el => `<x-frame label='${el.textContent}'><input aria-label='${el.textContent}' type=${el.getAttribute('type') || 'text'}"
    " style='width: 280px; height: 24px; border: 0; background: none' onfocus='parentNode.toggleAttribute(\"busy\", true)'></x-frame>`);"
    f"b.onclick = {WITH_VALUES};",
)

floating_labels = components(
    "<style>x-f label { display: block; position: relative; width: 300px; height: 56px; border-bottom: 1px solid }"
    "x-f i { position: absolute; top: 18px; pointer-events: none } x-f input { position: absolute; top: 14px; width: 300px; height: 38px; opacity: 0 }"
    "x-f :focus { opacity: 1 } </style><h1>Hello</h1><x-f><label for=u><i aria-hidden=true id=l1>E-mail</i><div><input id=u aria-labelledby=l1></div></label></x-f>"
    "<x-f><label for=p><i aria-hidden=true id=l2>Password</i><div><input id=p type=password aria-labelledby=l2></div></label></x-f>"
    "<button type=button id=b>Sign in</button>",
    "b.onclick = () => send(u.value, p.value);",
)

PEEK = "<button type=button {how}><svg width=18 height=18></svg></button>"
PEEKED = {
    "by its name": "aria-label='Show password'",
    "in German": "aria-label='Kennwort einblenden'",
    "by its state": "aria-pressed=false",
    "by its class": "class='icon-btn password-reveal'",
}


def peeking(how: str) -> Shape:
    """A login whose button stands outside its form, and the one in the form shows the password."""
    return components(
        f"<h1>Log in</h1><form onsubmit='return false'><label>User <input id=u></label><label>Password <input id=p type=password></label>{PEEK.format(how=how)}</form>"
        "<div role=button tabindex=0 id=b>Log in</div>",
        "b.onclick = () => send(u.value, p.value); document.forms[0].querySelector('button').onclick = () => { p.type = p.type === 'text' ? 'password' : 'text'; };",
    )


secret_button = components(
    f"<h1>Welcome</h1>{FIELDS_OF_COMPONENTS}<x-button id=b tabindex=0>Sign in</x-button>",
    PLAIN_FIELD
    + "define('x-button', () => '<style>:host { display: inline-block; padding: 8px }</style><span><slot></slot></span>',"
    f"el => {{ el.attachInternals().role = 'button'; }}); b.onclick = {WITH_VALUES};",
)

only_a_strange_button = components(
    f"<h1>Login</h1>{FIELDS_OF_COMPONENTS}<button type=button id=b style='background:#06c;color:#fff'>Rein da</button><button type=button>Abc</button>",
    PLAIN_FIELD + f"b.onclick = {WITH_VALUES};",
)

only_the_return_key = components(
    f"<h1>Login</h1>{FIELDS_OF_COMPONENTS}<div role=button tabindex=0>Sign in</div>",
    PLAIN_FIELD + f"p.onkeydown = event => {{ if (event.key === 'Enter') ({WITH_VALUES})(); }};",
)


def deaf(visit: Visit) -> str | To:
    return page(form().replace("<form ", "<form onsubmit='return false' "))


def by_script(
    status: int = 200,
    *,
    elsewhere: bool = False,
    quiet: bool = False,
    gone: bool = False,
    at: str = "/check",
    head: str = "",
    kind: str = "text/html",
) -> Shape:
    """A login whose script sends the password, to another origin where it is said so, and says the same whatever fails."""
    address = f"`http://localhost:${{location.port}}{at}`" if elsewhere else f"'{at}'"
    failed = "" if quiet else "e.textContent = 'Something went wrong. Please try again later.'"
    failed += ";document.forms[0].replaceWith(e)" if gone else ""
    script = (
        "document.forms[0].onsubmit = async event => { event.preventDefault(); const [u, p] = document.querySelectorAll('input');"
        f"try {{ const answer = await fetch({address}, {{ method: 'POST', headers: {{ 'content-type': 'text/plain' }},"
        "body: JSON.stringify({ u: u.value, p: p.value }) }); if (!answer.ok) throw Error(); location = '/arrived?code=abc'; }"
        f"catch {{ {failed} }} }};"
    )
    body = page(form(more="<p id=e role=alert></p>") + f"<script>{script}</script>", head=head)
    return lambda visit: Status(status, kind) if visit.path == at else body


def naming(status: int, said: str, kind: str = "text/html") -> Shape:
    """A page whose script sends the user name, and which shows ``said`` in place of the form once that is refused."""
    script = (
        "document.forms[0].onsubmit = async event => { event.preventDefault();"
        "await fetch('/check', { method: 'POST', body: new URLSearchParams({ u: u.value }) });"
        f"document.body.innerHTML = `{said}` }}"
    )
    body = page(f"<form><input id=u name=u aria-label=E-mail><button>Continue</button></form><script>{script}</script>")
    return lambda visit: Status(status, kind) if visit.path == "/check" else body


def frame_of_another_site(visit: Visit) -> str | To:
    if visit.path == "/inner":
        return page(form().replace("<form ", "<form target=_top "))
    script = "document.write(`<iframe src='http://localhost:${location.port}/inner' width=400 height=300></iframe>`)"
    return _after(visit) if visit.path == "/login" else page(f"<h1>Welcome</h1><script>{script}</script>")


ARRIVING: dict[str, Shape] = {
    "frame of another site": frame_of_another_site,
    "one page": one_page,
    "button gives way": stirring("trap.style.height = '80px'; button.before(trap);"),
    "button covered for a moment": stirring(
        "trap.style.cssText = 'position: fixed; inset: 0'; document.body.append(trap); setTimeout(() => trap.remove(), 300);"
    ),
    "button disabled for a moment": stirring(
        "button.disabled = true; setTimeout(() => { button.disabled = false; }, 300);"
    ),
    "button made anew": stirring("button.replaceWith(button.cloneNode(true));"),
    "german": in_words("Benutzername", "Passwort", "Anmelden"),
    "japanese": in_words("メールアドレス", "パスワード", "ログイン"),
    "french": in_words("Identifiant", "Mot de passe", "Se connecter"),
    "spanish": in_words("Correo electrónico", "Contraseña", "Iniciar sesión"),
    "italian": in_words("Nome utente", "Password", "Accedi"),
    "portuguese": in_words("Usuário", "Senha", "Entrar"),
    "dutch": in_words("Gebruikersnaam", "Wachtwoord", "Inloggen"),
    "unknown language": in_words("Xyzzy", "Plugh", "Frotz"),
    "two pages": two_pages,
    "built by script": script_built,
    "no names": nameless,
    "no names, Enter only": nameless_form,
    "consent at the first link": first_link_only,
    "cookie banner over it": banner,
    "cookie banner beside it": banner_aside,
    "stay signed in": stay_signed_in,
    "account chooser": chooser,
    "popup": popup,
    "iframe": framed,
    "shadow root": shadow,
    "a button's words in a slot": slotted_button,
    "fields clear until typed into": clear_fields,
    "floating labels": floating_labels,
    **{f"a button that shows the password: {name}": peeking(how) for name, how in PEEKED.items()},
    "a button that only a screen reader is told of": secret_button,
    "only a strange button": only_a_strange_button,
    "only the return key": only_the_return_key,
    "by script": by_script(),
    "signed in already": signed_in,
    "woken by keys": woken_by_keys,
    "enabled by input": enabled_by_input,
    "controlled inputs": controlled,
    "password appears": password_appears,
    "two steps in one document": two_steps_in_one_document,
    "notice": notice,
    "notice to the account": notice_to_the_account,
    "passkey offer": passkey_offer,
    "beside Google": beside_google,
    "beside a registration": beside_registration,
    "registration first": registration_first,
    "beside search and newsletter": beside_search,
    "landing page": landing,
    "ways to sign in": ways_to_sign_in,
    "show-password button": toggle,
    "code": with_code(),
    "code in digits": with_code(DIGITS),
    "code without telling names": with_code("<label>Code <input name=x></label>"),
    **{f"consent: {name}": shape for name, shape in CONSENTS.items()},
}


def inline_error(visit: Visit) -> str | To:
    """A script asks the server and writes the refusal into the same document."""
    if visit.path == "/check":
        return page("no")
    return page(
        form().replace("<form", "<form id=f").replace("<h1>", "<p id=e></p><h1>"),
        head="<script>addEventListener('load',()=>f.onsubmit=async v=>{v.preventDefault();await fetch('/check',{method:'POST'});"
        "e.textContent='The password is incorrect.';f.p.value=''})</script>",
    )


def silent_return(visit: Visit) -> str | To:
    return page(form(more=f"<p>It is {len(visit.path)} o'clock</p>"))


def odd_return(visit: Visit) -> str | To:
    note = "<p>Those two do not belong together.</p>" if visit.path == "/login" else ""
    return page(f"{note}{form()}")


def answered_by(note: str, button: str) -> Shape:
    """A login that answers with ``note`` and a button, and shows its form again once that is pressed."""
    left = f"<h1>Notice</h1>{note}<form action=/left><button>{button}</button></form>"
    return lambda visit: page(left if visit.path == "/login" else form())


def forgets_at_consent(visit: Visit) -> str | To:
    return page({"/login": CONSENT, "/consent": form(more="<p>Please log in</p>")}.get(visit.path, form()))


def captcha_frame(visit: Visit) -> str | To:
    if visit.path.startswith("/recaptcha"):
        return page("I'm not a robot")
    return page(form(more="<iframe src='/recaptcha/api2/anchor?size=normal' width=300 height=80></iframe>"))


def captcha_field(visit: Visit) -> str | To:
    return page(form(more="<label>Type the characters you see <input name=cap></label>"))


def captcha_badge(visit: Visit) -> str | To:
    if visit.path.startswith("/recaptcha"):
        return page("protected")
    badge = "<iframe src='/recaptcha/api2/anchor?size=invisible' width=256 height=60></iframe>"
    return _after(visit) if visit.path == "/login" else page(form(more=badge))


def nothing_there(visit: Visit) -> str | To:
    return page(
        "<h1>Our lamps</h1><p>Buy them.</p><a href=/shop>Shop</a><form action=/s><input type=search name=q><button>Search</button></form>",
        "Lamps",
    )


def lost_after_login(visit: Visit) -> str | To:
    if visit.path == "/login":
        return To("/home") if visit.right else page(form(error="wrong"))
    return (
        page("<nav><a href=/logout>Log out</a></nav><h1>Your lamps</h1><p>3 lamps are on.</p>", "My home")
        if visit.path == "/home"
        else page(form())
    )


def locked(visit: Visit) -> str | To:
    return page("<h1>Sorry</h1><p>Your account is locked.</p>") if visit.path == "/login" else page(form())


def request_refused(words: str) -> Shape:
    """A server that takes the password, and only then says ``words`` of what Alexa asked for."""

    def shape(visit: Visit) -> str | To:
        if visit.path == "/login":
            return To("/authorize/error") if visit.right else page(form(error="wrong"))
        return (
            page(f"<h1>An error has occurred</h1><p>{words}</p>") if visit.path == "/authorize/error" else page(form())
        )

    return shape


def refuses_browser(visit: Visit) -> str | To:
    return page(
        "<h1>Couldn't sign you in</h1><p>This browser or app may not be secure.</p><a href=/help>Learn more</a>"
    )


def only_google(visit: Visit) -> str | To:
    return page("<h1>Sign in</h1><a href=/google>Continue with Google</a>")


def never_enabled(visit: Visit) -> str | To:
    return page(form().replace("<button>", "<button disabled>"))


def dead_allow(visit: Visit) -> str | To:
    if visit.path == "/login":
        return page("<h1>Link</h1><button>Allow</button><button>Cancel</button>")
    return page(form())


def decoy(fields: str, button: str, then: str = "") -> str:
    """A form that a person who logs in leaves alone, and that speaks to nobody but its reader."""
    return f"<form method=post action=/harm>{fields}<button style='background:#06c;color:#fff'>{button}</button></form>{then}"


MAIL = "<input type=email name=q placeholder='E-mail'>"
SECRET = "<input type=password name=r placeholder='Password'>"


def tabs(visit: Visit) -> str | To:
    tab = '<button type=button onclick="{0}.hidden=true;{1}.hidden=false">{2}</button>'
    login = f"<div id=li hidden><h2>Welcome back</h2><form method=post action=/login>{MAIL}{SECRET}<button>Continue</button></form></div>"
    register = f"<div id=su><h2>Create your account</h2>{decoy(MAIL + SECRET, 'Continue')}</div>"
    body = tab.format("li", "su", "Sign up") + tab.format("su", "li", "Log in") + register + login
    return _after(visit) if visit.path == "/login" else page(body)


def newsletter_dialog(visit: Visit) -> str | To:
    over = (
        "<div role=dialog aria-modal=true style='position:fixed;inset:0;background:#fff;z-index:9'><h2>Newsletter</h2>"
    )
    over += decoy(
        MAIL, "Jetzt anmelden", "<button type=button onclick='this.parentNode.remove()'>Nein danke</button></div>"
    )
    return _after(visit) if visit.path == "/login" else page(over + form("E-Mail", "Passwort", "Anmelden"))


def newsletter_first(visit: Visit) -> str | To:
    if visit.path == "/login":
        return _after(visit)
    if visit.path == "/name":
        return page(
            f"<h2>Hello</h2><form method=post action=/login><input type=hidden name=u value={USER}>{SECRET}<button>Continue</button></form>"
        )
    return page(
        decoy(MAIL, "OK")
        + "<h2>Log in</h2><form method=post action=/name><input name=u placeholder='E-mail or phone'><button>Continue</button></form>"
    )


def ways_with_a_way_back(visit: Visit) -> str | To:
    if visit.path == "/login":
        return _after(visit)
    if visit.path == "/pw":
        return page(
            f"<h2>Verify with your password</h2><form method=post action=/login><input type=hidden name=u value={USER}>{SECRET}<button>Verify</button></form>"
        )
    if visit.path == "/name":
        return page(
            "<h2>Choose a method</h2><a href=/harm aria-label='Select Email.'>Select</a> <a href=/pw aria-label='Select Password.'>Select</a> <a href=/harm>Back to sign in</a>"
        )
    return page(
        "<h2>Sign in</h2><form method=post action=/name><input name=u placeholder=Username><button>Next</button></form>"
    )


def another_account(visit: Visit) -> str | To:
    if visit.path in {"/login", "/as"}:
        return _after(visit) if visit.path == "/login" else page(form())
    return page(
        "<h1>Choose an account</h1><a href=/harm>bob@example.test</a> <a href=/harm>Remove an account</a> <a href=/as>Use another account</a>"
    )


def after_login(body: str) -> Shape:
    """A login that ends on ``body``."""
    return lambda visit: _after(visit, page(body)) if visit.path == "/login" else page(form())


DECOYS: dict[str, tuple[Shape, bool]] = {
    "registration tab first": (tabs, True),
    "newsletter dialog": (newsletter_dialog, True),
    "newsletter first": (newsletter_first, True),
    "a way back beside the password": (ways_with_a_way_back, True),
    "remove an account": (another_account, True),
    "only a registration": (lambda _: page("<h1>Create your account</h1>" + decoy(MAIL + SECRET, "Continue")), False),
    "only a german registration": (lambda _: page("<h1>Konto anlegen</h1>" + decoy(MAIL + SECRET, "Weiter")), False),
    "only a newsletter": (lambda _: page("<h1>Coming soon</h1>" + decoy(MAIL, "Notify me"), "Acme"), False),
    "only a letter": (lambda _: page("<h1>Contact</h1>" + decoy(MAIL + "<textarea name=t></textarea>", "Send")), False),
    "two addresses in an unknown language": (lambda _: page(decoy(MAIL, "ส่ง") + decoy(MAIL, "สมัคร"), "Acme"), False),
    "closing the account": (after_login("<h1>Close your account?</h1>" + decoy("", "Confirm")), False),
    "an order": (after_login("<h1>Complete your order</h1>" + decoy("", "Continue")), False),
    "another password": (
        after_login("<h1>Profile</h1>" + decoy(SECRET.replace("Password", "New password"), "Save")),
        False,
    ),
}


def closed(answers: str, script: str = "", *, needs: str = "", above: str = "", allow: str = "disabled") -> Shape:
    """A consent page after the login whose Allow is closed at first; ``needs`` is what has to come with the answer."""
    buttons = f"<button id=a name=d value=1 {allow}>Allow</button> <button name=d value=0>Deny</button>"
    asks = (
        f"<h1>Amazon Alexa</h1><p>wants to use your lamps</p>{above}<form method=post action=/consent>{answers}{buttons}</form>"
        f"<script>const a = document.getElementById('a');{script}</script>"
    )

    def shape(visit: Visit) -> str | To:
        if visit.path == "/consent":
            given = "&".join(f"{key}={value}" for key, value in visit.form.items() if key != "d")
            return (
                ARRIVED if visit.form.get("d") == "1" and given == needs else page(f"<h1>Not linked</h1><p>{given}</p>")
            )
        return _after(visit, page(asks)) if visit.path == "/login" else page(form())

    return shape


_TERMS = "<p>terms</p>" * 60
_ENDS = "if (t.scrollTop + t.clientHeight >= t.scrollHeight - 5) a.disabled = false"
_SEES = (
    "new IntersectionObserver(([seen]) => { if (seen.isIntersecting) a.disabled = false }).observe("
    "document.getElementById('end'));"
)
_HOMES = "<option value=b>Beach house</option><option value=c>City flat</option>"
_OPENS_BY_SELECT = "const s = document.querySelector('select'); s.onchange = () => { a.disabled = !s.value };"
_SWITCH = "<div role=switch tabindex=0 aria-checked=false aria-label='{0}' id={1} style='width:60px;height:30px;background:#ccc'></div>"
_OPENS_BY_SWITCH = (
    "for (const s of document.querySelectorAll('[role=switch]')) s.onclick = () => {"
    " s.setAttribute('aria-checked', String(s.getAttribute('aria-checked') !== 'true'));"
    " a.disabled = document.getElementById('w').getAttribute('aria-checked') !== 'true';"
    " if (s.id === 'no') document.forms[0].action = '/harm' };"
)
_BOX = "<label><input type=checkbox name={1} value=1> {0}</label>"
_OPENS_BY_BOX = "const h = document.querySelector('[name=h]'); h.onchange = () => { a.disabled = !h.checked };"

OPENED: dict[str, tuple[Shape, list[str]]] = {
    "terms read in their box": (
        closed(
            "",
            f"const t = document.getElementById('t'); t.onscroll = () => {{ {_ENDS} }};",
            above=f"<div id=t style='height:150px;overflow:auto'>{_TERMS}</div>",
        ),
        ["scroll to the end", "allow"],
    ),
    "terms read on the page": (
        closed("", f"const t = document.scrollingElement; onscroll = () => {{ {_ENDS} }};", above=_TERMS),
        ["scroll to the end", "allow"],
    ),
    "terms whose end is watched for": (
        closed("", _SEES, above=f"<div style='height:150px;overflow:auto'>{_TERMS}<p id=end>The end</p></div>"),
        ["scroll to the end", "allow"],
    ),
    "a home that a script waits for": (
        closed(
            f"<label>Choose your home <select name=home><option value=''>Please choose</option>{_HOMES}</select></label>",
            _OPENS_BY_SELECT,
            needs="home=b",
        ),
        ["choose", "allow"],
    ),
    "a home that the browser requires": (
        closed(
            f"<label>Home <select name=home required><option value=''></option>{_HOMES}</select></label>",
            allow="",
            needs="home=b",
        ),
        ["choose", "allow"],
    ),
    "a home whose placeholder has a value": (
        closed(
            f"<label>Home <select name=home><option value=0>Select a home</option>{_HOMES}</select></label>",
            "const s = document.querySelector('select'); s.onchange = () => { a.disabled = s.value === '0' };",
            needs="home=b",
        ),
        ["choose", "allow"],
    ),
    "a home whose placeholder is closed": (
        closed(
            f"<label>Home <select name=home><option disabled selected hidden>Your home</option>{_HOMES}</select></label>",
            _OPENS_BY_SELECT,
            needs="home=b",
        ),
        ["choose", "allow"],
    ),
    "an option that deletes is not the first to choose": (
        closed(
            "<label>Home <select name=home required><option value=''>Choose…</option>"
            f"<option value=x>Delete all homes</option>{_HOMES}</select></label>",
            allow="",
            needs="home=b",
        ),
        ["choose", "allow"],
    ),
    "a select that nothing requires": (
        closed(
            f"<label>Home <select name=home><option value=''>All</option>{_HOMES}</select></label>",
            allow="",
        ),
        ["allow"],
    ),
    "homes of which one is required": (
        closed(
            "".join(f"<label><input type=radio name=home value={n}> Home {n}</label>" for n in (1, 2)),
            "for (const r of document.querySelectorAll('[name=home]')) r.onchange = () => { a.disabled = false };",
            needs="home=1",
        ),
        ["allow", "allow"],
    ),
    "a switch that a script waits for": (
        closed(
            _SWITCH.format("Send me offers and news", "no") + _SWITCH.format("Control my lamps", "w"), _OPENS_BY_SWITCH
        ),
        ["allow", "allow"],
    ),
    "switches named by the row that they stand in": (
        closed(
            "<div><span>Send me offers and news</span><button type=button role=switch aria-checked=false id=no>O</button></div>"
            "<div><span>Control my lamps</span><span aria-checked=false id=w tabindex=0>O</span></div>"
            "<p>Marketing is optional.</p>",
            _OPENS_BY_SWITCH.replace("[role=switch]", "[aria-checked]"),
        ),
        ["allow", "allow"],
    ),
    "switches whose words tell their state": (
        closed(
            "<div><span>Send me offers and news</span><button type=button role=switch aria-checked=false id=no>Disabled</button>"
            "</div><div><span>Control my lamps</span><span aria-checked=false id=w tabindex=0>Disabled</span></div>",
            _OPENS_BY_SWITCH.replace("[role=switch]", "[aria-checked]"),
        ),
        ["allow", "allow"],
    ),
    "switches in one row, behind their words": (
        closed(
            "<div><span>Send me offers and news</span><button type=button role=switch aria-checked=false id=no>O</button>"
            "<span>Control my lamps</span><button type=button role=switch aria-checked=false id=w>O</button></div>",
            _OPENS_BY_SWITCH,
        ),
        ["allow", "allow"],
    ),
    "boxes in labels that are said to be checked": (
        closed(
            "".join(
                f"<label aria-checked=false><input type=checkbox name={name} value=1 style='position:absolute;opacity:0'>{text}"
                "</label>"
                for name, text in (("h", "Control my lamps"), ("g", "See my lamps"))
            ),
            "const both = document.querySelectorAll('input'); for (const h of both) h.onchange = () => {"
            " a.disabled = !(both[0].checked && both[1].checked) };",
            needs="h=1&g=1",
        ),
        ["allow", "allow", "allow"],
    ),
    "terms beside what nobody needs": (
        closed(
            _BOX.format("Show me tips", "n") + _BOX.format("I agree to the terms", "h"),
            _OPENS_BY_BOX,
            needs="h=1",
        ),
        ["allow", "allow"],
    ),
    "terms that open it after a while": (
        closed(
            _BOX.format("I agree to the terms", "h") + _BOX.format("Show me tips", "n"),
            "const h = document.querySelector('[name=h]'); h.onchange = () => setTimeout(() => { a.disabled = !h.checked }, 300);",
            needs="h=1",
        ),
        ["allow", "allow"],
    ),
    "a box for the household": (
        closed(
            _BOX.format("Send me the newsletter", "n") + _BOX.format("Share devices for my household", "h"),
            _OPENS_BY_BOX,
            needs="h=1",
        ),
        ["allow", "allow"],
    ),
}

SHUT: dict[str, Shape] = {
    "a box for the organization": closed(
        _BOX.format("Allow on behalf of my organization and everyone in my household", "h"), _OPENS_BY_BOX
    ),
    "a box for the tenant": closed(_BOX.format("Consent for the whole tenant", "h"), _OPENS_BY_BOX),
    "a box that deletes": closed(_BOX.format("Delete all devices for my household", "h"), _OPENS_BY_BOX),
    "a box that ends a subscription": closed(_BOX.format("Cancel my subscription", "h"), _OPENS_BY_BOX),
    "a country": closed(
        "<select name=c><option value=''>Select your country</option><option>Albania</option></select>",
        _OPENS_BY_SELECT,
    ),
    "a language in the header": closed(
        "",
        _OPENS_BY_SELECT,
        above="<header><select><option value=''>Choose</option><option>Afrikaans</option></select></header>",
    ),
    "an organization": closed(
        "<select name=o required><option value=''>Select an organization</option><option>Acme</option></select>",
        _OPENS_BY_SELECT,
    ),
    "a switch for the organization": closed(_SWITCH.format("Allow for your organization", "w"), _OPENS_BY_SWITCH),
    "a switch for advertising": closed(_SWITCH.format("Send me marketing", "w"), _OPENS_BY_SWITCH),
    "options that delete": closed(
        "<label>Home <select name=home><option value=''>Choose</option><option value=x>Delete my home</option></select></label>",
        _OPENS_BY_SELECT,
    ),
}
