"""A ticket service as it is usually written in Python: what the API of the product is compared with, on the same machine.

Listing, reading and opening tickets, with a signed token, a query for its bearer, an ORM, validation and typed answers. Opening
a ticket writes ticket, message, audit line and job in one transaction.
"""
import os
import time
import uuid
from datetime import datetime, timezone
from typing import Annotated, Literal

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import ORJSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

# Everybody's password, as the benchmark signs in; the tokens of all workers are signed with it.
PASSWORD = os.environ["PEER_PASSWORD"]
SECRET = PASSWORD * 2
engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://"),
    pool_size=16,
    max_overflow=0,
    connect_args={"server_settings": {"search_path": "peer"}},
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    is_staff: Mapped[bool]


class Group(Base):
    __tablename__ = "groups"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Ticket(Base):
    __tablename__ = "tickets"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(server_default="")
    subject: Mapped[str]
    state: Mapped[str]
    priority: Mapped[str]
    requester_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    requester_email: Mapped[str]
    requester_name: Mapped[str]
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("groups.id"))
    message_count: Mapped[int]
    last_message_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id)
    group: Mapped[Group] = relationship()


class Message(Base):
    __tablename__ = "messages"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tickets.id"))
    author_id: Mapped[uuid.UUID | None]
    body: Mapped[str]
    created_at: Mapped[datetime]


class AuditLine(Base):
    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    data: Mapped[dict] = mapped_column(JSONB)
    at: Mapped[datetime]


class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict] = mapped_column(JSONB)
    state: Mapped[str]
    run_at: Mapped[datetime]


# The columns have a zone.
for table in Base.metadata.tables.values():
    for column in table.columns:
        if str(column.type) == "DATETIME":
            column.type.timezone = True


class Named(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    name: str


class TicketOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    number: int
    subject: str
    state: str
    priority: str
    requester_email: str
    requester_name: str
    assignee: Named | None
    group: Named
    message_count: int
    last_message_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int


class Page(BaseModel):
    items: list[TicketOut]
    next_cursor: str | None


class Requester(BaseModel):
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    name: str | None = None


class TicketIn(BaseModel):
    subject: Annotated[str, Field(min_length=1, max_length=250)]
    body: Annotated[str, Field(min_length=1, max_length=100_000)]
    priority: Literal["low", "medium", "high", "urgent"] = "medium"
    requester: Requester


async def session():
    async with sessions() as opened:
        yield opened


Db = Annotated[AsyncSession, Depends(session)]


async def caller(request: Request, db: Db) -> User:
    try:
        token = request.headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    except (KeyError, jwt.InvalidTokenError):
        raise HTTPException(401)
    user = await db.get(User, uuid.UUID(claims["sub"]))
    if user is None or not user.is_staff:
        raise HTTPException(403)
    return user


class Login(BaseModel):
    email: str
    password: str


Caller = Annotated[User, Depends(caller)]
app = FastAPI(default_response_class=ORJSONResponse)
WITH_NAMES = (joinedload(Ticket.assignee), joinedload(Ticket.group))


@app.post("/api/v1/auth/login")
async def login(db: Db, given: Login) -> dict[str, str]:
    user = await db.scalar(select(User).where(User.email == given.email))
    if user is None or given.password != PASSWORD:
        raise HTTPException(401)
    claims = {"sub": str(user.id), "exp": time.time() + 600}
    return {"access_token": jwt.encode(claims, SECRET, algorithm="HS256")}


@app.get("/api/v1/tickets")
async def tickets(db: Db, _: Caller, state: str, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 50) -> Page:
    query = select(Ticket).where(Ticket.state == state).options(*WITH_NAMES)
    if cursor:
        at, last = cursor.split("_")
        at = datetime.fromtimestamp(int(at) / 1e6, timezone.utc)
        query = query.where(tuple_(Ticket.last_message_at, Ticket.id) < (at, uuid.UUID(last)))
    query = query.order_by(Ticket.last_message_at.desc(), Ticket.id.desc()).limit(limit + 1)
    found = (await db.scalars(query)).all()
    after = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[TicketOut.model_validate(ticket) for ticket in found[:limit]],
        next_cursor=after and f"{round(after.last_message_at.timestamp() * 1e6)}_{after.id}",
    )


@app.get("/api/v1/tickets/{id}")
async def ticket(db: Db, _: Caller, id: uuid.UUID) -> TicketOut:
    found = await db.scalar(select(Ticket).where(Ticket.id == id).options(*WITH_NAMES))
    if found is None:
        raise HTTPException(404)
    return TicketOut.model_validate(found)


def new_id() -> uuid.UUID:
    """Grows with time, as the product's ids do."""
    return uuid.UUID(int=(time.time_ns() // 1_000_000 << 80) | (uuid.uuid4().int & ((1 << 80) - 1)))


@app.post("/api/v1/tickets", status_code=201)
async def open_ticket(db: Db, user: Caller, new: TicketIn) -> TicketOut:
    now = datetime.now(timezone.utc)
    requester = await db.scalar(select(User).where(User.email == new.requester.email))
    group = await db.scalar(select(Group).order_by(Group.id).limit(1))
    opened = Ticket(
        id=new_id(),
        subject=new.subject,
        state="open",
        priority=new.priority,
        requester_id=requester and requester.id,
        requester_email=new.requester.email,
        requester_name=new.requester.name or new.requester.email,
        assignee=None,
        group=group,
        message_count=1,
        last_message_at=now,
        created_at=now,
        updated_at=now,
        version=1,
    )
    db.add(opened)
    await db.flush()
    db.add_all([
        Message(id=new_id(), ticket_id=opened.id, author_id=user.id, body=new.body, created_at=now),
        AuditLine(actor_id=user.id, action="ticket.create", subject_id=opened.id, data={"subject": new.subject}, at=now),
        Job(id=new_id(), kind="acknowledge", payload={"ticket_id": str(opened.id)}, state="ready", run_at=now),
    ])
    await db.commit()
    return TicketOut.model_validate(opened)
