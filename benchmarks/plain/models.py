"""The columns that Upheld seals, in clear, annotated for `effaced` as the policy has it: the books keep an order's name
and country, and the rest goes. What must survive, and what it hangs on, cannot be a row that is deleted."""

from datetime import datetime
from uuid import UUID

from effaced import ErasureStrategy, LegalBasis, PiiCategory, RetentionPolicy, pii, subject_link
from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

BOOKS = RetentionPolicy(reason="Tax law has us keep the books.", basis=LegalBasis.LEGAL_OBLIGATION)
KEPT = pii(PiiCategory.IDENTITY, erasure=ErasureStrategy.RETAIN, retention=BOOKS, purpose="billing")
CONTACT = pii(PiiCategory.CONTACT, purpose="fulfilment")
SAID = pii(PiiCategory.COMMUNICATION, purpose="reply")
DONE = pii(PiiCategory.BEHAVIORAL, purpose="fulfilment")


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}


class Customer(Base):
    """An account. Orders that stay hang on it, so it stays too, without what was in it."""

    __tablename__ = "customers"
    __table_args__ = {"info": subject_link("")}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    password: Mapped[str] = mapped_column(info=pii(PiiCategory.TECHNICAL, erasure=ErasureStrategy.ANONYMIZE))


class About:
    """A row about a customer."""

    __table_args__ = {"info": subject_link("person")}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)

    @declared_attr
    def person(cls) -> Mapped[Customer]:  # noqa: N805  # SQLAlchemy calls it with the class
        return relationship(Customer)


class Address(About, Base):
    __tablename__ = "addresses"

    email: Mapped[str] = mapped_column(unique=True, info=CONTACT)
    verified_at: Mapped[datetime] = mapped_column(info=CONTACT)


class Choice(About, Base):
    __tablename__ = "choices"

    topic: Mapped[str] = mapped_column(info=DONE)
    allowed: Mapped[bool] = mapped_column(info=DONE)
    at: Mapped[datetime] = mapped_column(info=DONE)


class Order(About, Base):
    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(index=True)
    currency: Mapped[str]
    placed_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(info=KEPT)
    country: Mapped[str] = mapped_column(info=KEPT)
    address_line1: Mapped[str] = mapped_column(info=CONTACT)
    city: Mapped[str] = mapped_column(info=CONTACT)
    region: Mapped[str] = mapped_column(info=CONTACT)
    postal_code: Mapped[str] = mapped_column(info=CONTACT)


class Line(Base):
    """Nothing personal in it: it stays with its order."""

    __tablename__ = "lines"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    sku: Mapped[str]
    title: Mapped[str]
    quantity: Mapped[int]
    price: Mapped[int]
    tax: Mapped[int]


class Step(About, Base):
    __tablename__ = "steps"

    kind: Mapped[str] = mapped_column(info=DONE)
    by: Mapped[str] = mapped_column(info=DONE)
    at: Mapped[datetime] = mapped_column(info=DONE)


class Conversation(About, Base):
    __tablename__ = "conversations"

    number: Mapped[str] = mapped_column(index=True, info=SAID)
    reason: Mapped[str] = mapped_column(info=SAID)
    opened_at: Mapped[datetime] = mapped_column(info=SAID)


class Message(About, Base):
    __tablename__ = "messages"

    conversation: Mapped[UUID] = mapped_column(index=True, info=SAID)
    title: Mapped[str] = mapped_column(info=SAID)
    text: Mapped[str] = mapped_column(info=SAID)
    at: Mapped[datetime] = mapped_column(info=SAID)


GOING = (Address, Choice, Step, Message, Conversation)
"""What an erasure deletes; of an order it empties these columns, and of a customer the password."""
EMPTIED = ("address_line1", "city", "region", "postal_code")
