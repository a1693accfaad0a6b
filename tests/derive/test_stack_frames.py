"""Places in code that a stack trace names are no words of the page, and what the errors say is."""

from __future__ import annotations

import pytest

from e2e_linker.derive.forged_forms import forged_words
from e2e_linker.derive.stack_frames import without_frames

EXPRESS = (
    "at SessionStore.load (/srv/app/node_modules/oauth2orize/lib/txn/session.js:25:25)\n"
    "at Layer.handle [as handle_request] (/srv/app/node_modules/express/lib/router/layer.js:95:5)\n"
    "at csrf (/srv/app/node_modules/csurf/index.js:112:19)\n"
    "at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"
)
SPRING = (
    "at org.springframework.security.web.csrf.CsrfFilter.doFilterInternal(CsrfFilter.java:117) ~[web-6.1.jar:6.1]\n"
    "at java.base/java.lang.Thread.run(Thread.java:840)"
)
ASP_NET = (
    "at Microsoft.AspNetCore.Antiforgery.DefaultAntiforgery.ValidateRequestAsync(HttpContext httpContext)\n"
    "at Shop.Web.Antiforgery.Check.Run(String token) in /src/Check.cs:line 12"
)
RAILS = "rack (3.0) lib/rack/protection/csrf.rb:128:in 'Rack::Protection::AuthenticityToken#accepts?'"
LARAVEL = (
    r"#4 /srv/vendor/laravel/src/Pipeline.php(180): Illuminate\Foundation\Http\Middleware\VerifyCsrfToken"
    r"->handle(Object(Illuminate\Http\Request), Object(Closure))"
)
FLASK = 'File "/srv/flask_wtf/csrf.py", line 261, in protect\nself.csrf_exempt(view)'
DJANGO = "/srv/django/middleware/csrf.py, line 65, in process_view\nreturn self._csrf(request)"
TRACES = {
    "Express": EXPRESS,
    "Spring": SPRING,
    "ASP.NET": ASP_NET,
    "Rails": RAILS,
    "Laravel": LARAVEL,
    "Flask": FLASK,
    "Django": DJANGO,
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_a_check_that_stands_in_a_trace_refused_nothing(trace):
    assert forged_words(f"BadRequestError: Missing parameter: transaction_id\n{trace}") is None
    assert without_frames(f"Missing parameter: name\n{trace}").startswith("Missing parameter: name")


@pytest.mark.parametrize(
    "trace",
    [
        "at csrf (/srv/node_modules/csurf/index.js:112:19) at next (/srv/route.js:1:2)",
        "at async Csrf.check [as run] (C:\\app\\csrf.js:3:4)",
        "at file:///srv/csrf.mjs:3:9",
        "at Promise.then.csrf (<anonymous>)",
        "at csrf (/srv/node_modules/csurf/ind",
    ],
)
def test_a_line_of_a_trace_is_known_alone_beside_others_and_cut_short(trace):
    assert forged_words(f"Error: not today {trace}") is None


@pytest.mark.parametrize(
    "said",
    [
        f"ForbiddenError: invalid csrf token\n{EXPRESS}",
        "ForbiddenError: invalid csrf token at csrf (/srv/node_modules/csurf/index.js:112:19)",
        f"There was an unexpected error (type=Forbidden, status=403).\nInvalid CSRF Token 'null' was found\n{SPRING}",
        f"AntiforgeryValidationException: The antiforgery token could not be decrypted.\n{ASP_NET}",
        "Exception: Correlation failed.\nat A.Web.RemoteHandler<TOptions>.HandleRequestAsync()",
        f"ActionController::InvalidAuthenticityToken in SessionsController#create\n{RAILS}",
        "Forbidden (403) CSRF verification failed. Request aborted.",
        "Bad Request\nThe CSRF session token is missing.",
        "Refused at CSRF check (id: 12:3)",
        "Failed at csrf validation (see /help/csrf)",
        "#3 CSRF failed",
    ],
)
def test_what_an_error_says_of_a_forged_form_counts_with_and_without_a_trace(said):
    assert forged_words(said) is not None


@pytest.mark.parametrize("piece", ["at ", "at a.b.c.", "at x (/", "a.rb:1:in `", "#1 a(", 'File "', "at x [as ", "/"])
def test_a_text_without_end_is_read_in_part(piece):
    assert len(without_frames(piece * 2_000_000)) <= 20_000
