"""The pages of a session: what each watches and follows, and what it is to get next."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from connectionist.errors import ConnectionistError, ParameterError
from connectionist.inspector import acts, messages
from connectionist.inspector.description import describe
from connectionist.inspector.frames import Frames, check_watch
from connectionist.inspector.messages import Answer, Done, Failure, Log, Message, Notice, Reply, Watch
from connectionist.inspector.queries import answer
from connectionist.inspector.reading import read_message, read_query
from connectionist.inspector.time_share import TimeShare
from connectionist.inspector.worker import Worker
from connectionist.plugins.faults import describe_fault
from connectionist.utils.caller_warnings import ENGINE
from connectionist.utils.garbage_collection import no_garbage_collection

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession

LEAST_GAP = 1 / 30  # seconds between two frames of training
FRAME_SHARE, FOLLOW_SHARE = 1 / 60, 1 / 100  # of the time of training that frames, and all followed queries, may take
WITHOUT_PAUSE = (messages.ShowCaseAct, messages.EnterInputAct, messages.ArrangeAct)  # acts that do not affect training
ORDER = ("description", "script", "log", "frame")  # of replies that a page takes together; others follow
CLOSED = "inspect: this view was closed; call connectionist.inspect again"
QUICK, PAUSE = 0.02, 0.3  # seconds of a query that is asked again at once; and at most after an act, so that the next one need not wait
MOST_FOLLOWED = 20  # by one page
MOST_WAITING, MOST_WAITING_BYTES = 1000, 200_000_000  # of replies that a page does not take; it is then closed


@dataclass(eq=False)
class Followed:
    """A query that a page follows.

    Attributes
    ----------
    seconds : float
        How long its last answer took.
    """

    query: Message
    moment: int = -1
    seconds: float = 0.0
    time: TimeShare = field(default_factory=lambda: TimeShare(FOLLOW_SHARE))


@dataclass(eq=False)
class Page:
    """One page.

    Attributes
    ----------
    wake : function
        Called, in any thread, when there is something to take.
    latest : dict of str to Reply
        Replies of which only the newest matters, by kind or id.
    waiting : list of Reply
    framed : float
        When it got a frame last, by `perf_counter`.
    """

    wake: Callable[[], None]
    watch: Watch = field(default_factory=lambda: Watch(id=0))
    followed: dict[int, Followed] = field(default_factory=dict)
    latest: dict[str, Reply] = field(default_factory=dict)
    waiting: list[Reply] = field(default_factory=list)
    waiting_bytes: int = 0
    framed: float = -float("inf")
    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = -1
    moment: int = -1
    log_position: tuple[int, int] = (-1, -1)
    lines: list[str] = field(default_factory=list)
    undo: str | None = None
    is_closed: bool = False

    def put(self, reply: Reply) -> None:
        """Add a reply."""
        with self.lock:
            self.waiting_bytes += sum(each.nbytes for each in reply.arrays.values())
            self.is_closed |= len(self.waiting) >= MOST_WAITING or self.waiting_bytes > MOST_WAITING_BYTES
            if not self.is_closed:
                self.waiting.append(reply)
        self.wake()

    def put_newest(self, replies: dict[str, Reply]) -> None:
        """Add replies together. Each replaces the one of the same key that was not taken yet."""
        with self.lock:
            self.latest.update(replies)
        self.wake()

    def take(self) -> list[bytes]:
        """Return the replies so far as they are sent, and forget them."""
        with self.lock:
            order = sorted(self.latest, key=lambda key: ORDER.index(key) if key in ORDER else len(ORDER))
            replies = [*(self.latest[key] for key in order), *self.waiting]
            self.latest.clear()
            self.waiting.clear()
            self.waiting_bytes = 0
        return [messages.encode(reply) for reply in replies]

    def has_taken(self, key: str) -> bool:
        """Return whether the last reply of a key was taken."""
        with self.lock:
            return key not in self.latest

    @property
    def is_due(self) -> bool:
        """Whether the page is to get a frame of training."""
        return self.watch.visible and perf_counter() >= self.framed + self.watch.gap and self.has_taken("frame")


class Hub:
    """Connects pages with a session, whose thread it has.

    Parameters
    ----------
    make_session : function
        Makes the session, given the function to call between blocks of training.
    later : function, optional
        Called once in another thread, when a page is there and nothing else is to be done. The function that it returns is then called with
        the session. Its exceptions are shown in the pages.
    """

    def __init__(
        self,
        make_session: Callable[[Callable[[], None]], InspectorSession],
        later: Callable[[], Callable[[InspectorSession], None]] | None = None,
    ) -> None:
        self.later = later
        self.session = make_session(self._between)
        self.frames = Frames(self.session)
        self.pages: list[Page] = []
        self.time_of_frames = TimeShare(FRAME_SHARE, LEAST_GAP)
        self._warnings: set[str] = set()
        self._acted = -math.inf  # when the last act was done
        self.worker = Worker(self._train, self._idle, lambda error: self._tell(_error_text(error)), self._note_warning)

    # --- Any thread ---

    def open_page(self, wake: Callable[[], None]) -> Page:
        """Add a page, which gets what there is to see."""
        page = Page(wake)
        self.worker.submit(lambda: self._open(page))
        return page

    def close_page(self, page: Page) -> None:
        """Remove a page."""
        page.is_closed = True
        self.worker.submit(lambda: self.pages.remove(page) if page in self.pages else None)

    def receive(self, page: Page, text: str | bytes) -> Future[Any] | None:
        """Read a message of a page and answer it later. An error in it is a reply too."""
        try:
            message = read_message(text)
        except ParameterError as error:
            page.put(Failure(id=getattr(error, "message_id", -1), text=str(error)))
            return None
        pauses = isinstance(message, messages.ACTS) and not isinstance(message, WITHOUT_PAUSE)
        future = self.worker.submit(lambda: self._answer(page, message), pauses=pauses)
        if future.cancelled():
            page.put(Failure(id=message.id, text=CLOSED))
        return future

    def close(self) -> None:
        """End training and the thread. Pages say so."""
        self.worker.close()
        for page in self.pages:
            page.put(Failure(id=-1, text=CLOSED))

    # --- The thread of the session ---

    def _open(self, page: Page) -> None:
        self.pages.append(page)
        self.publish()

    def _answer(self, page: Page, message: Message) -> None:
        is_act = isinstance(message, messages.ACTS)
        with no_garbage_collection() if is_act else nullcontext():  # a third of the time of a lesion in a large network
            self._give(page, message)
            if is_act:
                self.publish()
                self._acted = perf_counter()

    def _give(self, page: Page, message: Message) -> None:
        try:
            reply = self._reply(page, message)
        except BaseException as error:  # a formula of a plugin may raise anything, SystemExit too, and Ctrl-C is raised in another thread
            reply = Failure(id=message.id, text=_error_text(error))
        if reply is not None:
            page.put(reply)

    def _reply(self, page: Page, message: Message) -> Reply | None:
        if isinstance(message, messages.ACTS):
            return Done(id=message.id, line=acts.do(self.session, message))
        if isinstance(message, Watch):
            check_watch(self.session, message)
            page.watch = message
            self._put_frame(page, {})
            return None
        if isinstance(message, messages.Follow):
            if message.id not in page.followed and len(page.followed) >= MOST_FOLLOWED:
                raise ParameterError(f"follow: a page can follow {MOST_FOLLOWED} queries")
            followed = Followed(read_query(message.query, message.id))
            page.followed[message.id] = followed
            self._ask(page, followed)
            return None
        if isinstance(message, messages.Unfollow):
            page.followed.pop(message.id, None)
            return Done(id=message.id)
        return self._make_answer(message)

    def _make_answer(self, query: Message) -> Answer:
        content, arrays = answer(self.session, self.frames, query)
        return Answer(id=query.id, query=query.kind, answer=content, arrays=arrays)

    def _ask(self, page: Page, followed: Followed) -> None:
        query = followed.query
        followed.time.share = FOLLOW_SHARE / max(1, sum(len(each.followed) for each in self.pages))
        began = perf_counter()
        with followed.time.measured() if self.session.training.is_wanted else nullcontext():  # nothing waits otherwise
            try:
                reply: Reply = self._make_answer(query)
            except BaseException as error:
                reply = Failure(id=query.id, text=_error_text(error))
            page.put_newest({f"followed {query.id}": reply})
        followed.moment, followed.seconds = self.session.moment, perf_counter() - began

    def _ask_next(self) -> float:
        """Ask one of the followed queries whose answer has changed, the quickest first. Return 0, or the seconds until there is one."""
        moment, is_training = self.session.moment, self.session.training.is_wanted
        pages = [page for page in self.pages if page.watch.visible and (page.moment == moment or not is_training)]
        followed = [(page, each) for page in pages for each in page.followed.values()]
        waiting = [pair for pair in followed if pair[1].moment != moment and (not is_training or pair[1].time.is_due())]
        if not waiting:
            return math.inf
        page, next_one = min(waiting, key=lambda pair: pair[1].seconds)
        pause = 0.0 if is_training or next_one.seconds < QUICK else min(PAUSE, next_one.seconds)
        if (rest := self._acted + pause - perf_counter()) > 0:
            return rest
        self._ask(page, next_one)
        return 0.0

    def publish(self, pages: list[Page] | None = None) -> None:
        """Give pages what has changed; all by default."""
        for page in self.pages if pages is None else pages:
            try:
                self._publish(page)
            except BaseException as error:  # training and other pages go on
                page.put(Failure(id=-1, text=_error_text(error)))

    def _publish(self, page: Page) -> None:
        session = self.session
        news: dict[str, Reply] = {}
        if page.version != session.version:
            page.version = session.version
            news["description"] = describe(session)
        script = self.frames.script(page.lines if page.has_taken("script") else [])
        if script.lines or len(page.lines) != script.first or page.undo != script.undo:
            page.lines, page.undo = [*page.lines[: script.first], *script.lines], script.undo
            news["script"] = script
        news["log"] = self._log(page)
        page.moment = session.moment
        if page.watch.visible:
            self._check_locked(page)
            self._put_frame(page, news)
        else:
            page.put_newest(news)

    def _put_frame(self, page: Page, news: dict[str, Reply]) -> None:
        """Give a page a frame with other replies, so that it draws them together."""
        try:
            news["frame"] = self.frames.frame(page.watch)
            page.framed = perf_counter()
        finally:
            page.put_newest(news)

    def _check_locked(self, page: Page) -> None:
        """Unlock a unit that does not exist any more."""
        try:
            check_watch(self.session, page.watch)
        except ConnectionistError:
            page.watch = Watch(id=0)

    def _log(self, page: Page) -> Log:
        if not page.has_taken("log"):
            page.log_position = (-1, -1)  # the page gets all of it again
        run, epoch = page.log_position
        log = self.frames.log(run, epoch)
        page.log_position = log.run, self.session.training.epoch
        return log

    def _train(self) -> float:
        rest = self._ask_next()  # before that, what pages wait for
        if not rest or not self.session.training.is_wanted:
            return rest
        self.session.training.is_watched = bool(self.pages)
        try:
            self.session.advance()
        except BaseException as error:
            self._tell(_error_text(error))
        self.publish()
        return 0.0

    def _between(self) -> None:
        """Give pages what there is to see between two blocks of training, and answer them."""
        if self.time_of_frames.is_due() and (due := [page for page in self.pages if page.is_due]):
            with self.time_of_frames.measured():
                self.session.moment += 1
                self.publish(due)
            while not self._ask_next():
                pass
        self.worker.between()

    def _idle(self) -> None:
        if self.pages and self.later is not None:
            threading.Thread(target=self._do_later, args=(self.later,), name="connectionist inspector later", daemon=True).start()
            self.later = None
        if self.pages and self.session.notice_changes():
            self.publish()

    def _do_later(self, later: Callable[[], Callable[[InspectorSession], None]]) -> None:
        try:
            change = later()
        except BaseException as error:
            text = _error_text(error)
            self.worker.submit(lambda: self._tell(text))
            return

        def apply() -> None:
            change(self.session)
            self.publish()

        self.worker.submit(apply)

    def _note_warning(self, text: str, topic: str) -> None:
        """Give all pages a warning, once; of another engine only if it trains, and the user chose what has no kernels."""
        is_wanted = topic != ENGINE or (self.session.training.is_wanted and not self.session.is_recipe)
        if is_wanted and text not in self._warnings:
            self._warnings.add(text)
            for page in self.pages:
                page.put(Notice(text=text))

    def _tell(self, text: str) -> None:
        """Give all pages a message of what failed."""
        for page in self.pages:
            page.put(Failure(id=-1, text=text))


def _error_text(error: BaseException) -> str:
    return str(error) if isinstance(error, ConnectionistError) else describe_fault(error)
