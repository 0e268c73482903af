"""Every failure leaves here: as a problem (RFC 9457) for systems, as a page for people, and never with inside detail."""

from __future__ import annotations

import http

import orjson
import structlog
from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from pymongo.errors import ConnectionFailure
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from service.web.csrf import is_machine_request
from service.web.error_table import OUR_FAULT, HttpAnswer, answer_for
from service.web.errors import SignInRequiredError
from service.web.kit import current_kit
from service.web.language import current_language
from service.web.negotiation import wants_page
from service.web.page_frame import request_id
from standards.errors import ElicenceError
from standards.problem import MEDIA_TYPE, Problem
from standards.text import Text

_log = structlog.get_logger("elicence.web")

_HTTP_SENTENCES: dict[int, Text] = {
    400: Text("请求无法识别。", "The request cannot be understood."),
    401: Text("请先登录。", "Sign in first."),
    403: Text("没有权限执行此操作。", "You may not do this."),
    404: Text("没有找到这个页面或资源。", "There is nothing at this address."),
    405: Text("此地址不支持这种操作。", "This address does not support this method."),
    413: Text("提交的内容过大。", "What was sent is too large."),
    415: Text("提交的内容类型不受支持。", "This content type is not supported."),
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNEXPECTED = Text("系统出现意外问题，我们已记录。", "Something went wrong on our side; it has been recorded.")
STORE_AWAY = Text("存储服务暂时没有应答。", "The store does not answer at the moment.")
RETRY = Text("请稍后再试；如仍不行，请提供请求编号。", "Try again later; if it stays, quote the request id.")


def install_error_answers(app: Flask) -> None:
    """Register the one handler per kind: our own errors, HTTP's, and everything else."""
    app.register_error_handler(ElicenceError, answer_elicence_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(ConnectionFailure, answer_store_away)
    app.register_error_handler(Exception, answer_unexpected)


def answer_elicence_error(error: ElicenceError) -> BaseResponse:
    """One of ours, by the table of the service; a class without a row is a fault of ours."""
    answer = answer_for(current_kit().errors, type(error))
    if answer is None or answer.status == OUR_FAULT[0]:
        return answer_unexpected(error)
    if isinstance(error, SignInRequiredError) and _leads_to_sign_in():
        # Only a page that was read can be returned to; what was submitted would be lost or repeated.
        back = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("sign_in.start", next=back), code=303)
    return render_error(answer, error.message, where=error.where, next_step=error.next_step)


def _leads_to_sign_in() -> bool:
    """Whether the caller can be sent to sign in: a page was opened (by whatever client) or sent by a browser."""
    if "sign_in.start" not in current_app.view_functions or request.path.startswith("/api/"):
        return False
    if is_machine_request():
        return False
    return request.method == "GET" or wants_page()


def answer_http_error(error: HTTPException) -> BaseResponse:
    """Raised by Flask's routing and parsing. Its own description may quote the input: it is not passed on."""
    status = error.code or 500
    if status in _REDIRECTS:
        return redirect(error.get_response().headers["Location"], code=status)
    if status >= 500:
        return answer_unexpected(error)
    phrase = http.HTTPStatus(status).phrase
    sentence = _HTTP_SENTENCES.get(status, Text(phrase, phrase))
    response = render_error(HttpAnswer(status, phrase.lower().replace(" ", "-")), sentence)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def answer_store_away(error: ConnectionFailure) -> BaseResponse:
    """The store was lost in the middle of a request; the driver has already retried what may be retried."""
    _log.error("store away", request_id=request_id(), endpoint=request.endpoint, exc_info=error)
    response = render_error(HttpAnswer(503, "store-unavailable"), STORE_AWAY, next_step=RETRY)
    response.headers["Retry-After"] = "5"
    return response


def answer_unexpected(error: Exception) -> BaseResponse:
    """A fault of ours: the log gets the trace, the caller a sentence and the request id."""
    _log.error("unexpected", request_id=request_id(), endpoint=request.endpoint, exc_info=error)
    return render_error(HttpAnswer(500, "unexpected"), UNEXPECTED, next_step=RETRY)


def render_error(
    answer: HttpAnswer, message: Text, *, where: str | None = None, next_step: Text | None = None
) -> Response:
    """The answer as a page or as ``application/problem+json``, by what the caller reads."""
    if wants_page():
        if answer.status >= 500:
            g.setdefault("person", None)  # the page's frame must not ask what has just failed
        page = render_template(
            "kit/error.html", status=answer.status, message=message, where=where, next_step=next_step
        )
        return Response(page, answer.status, mimetype="text/html")
    return problem_response(answer, message, where=where, next_step=next_step)


def problem_response(
    answer: HttpAnswer, message: Text, *, where: str | None = None, next_step: Text | None = None
) -> Response:
    """The answer as RFC 9457 says; ``request_id`` names this occurrence, ``message`` has both languages."""
    extensions: dict[str, object] = {"message": message.to_json(), "request_id": request_id()}
    if where is not None:
        extensions["where"] = where
    if next_step is not None:
        extensions["next"] = next_step.to_json()
    name = answer.problem.replace("-", " ").capitalize()
    problem = Problem(
        type=answer.problem_type,
        status=answer.status,
        title=Text(name, name),
        detail=message,
        extensions=extensions,
    )
    body = orjson.dumps(problem.to_json(current_language()))
    response = Response(body, answer.status, mimetype=MEDIA_TYPE)
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="elicence"'
    return response
