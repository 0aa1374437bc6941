"""The promises that a policy may make: the labels of its footnotes.

What each commits to is in docs/spec/policy-file.md; a name is part of the format and never renamed or reused.
"""

from enum import StrEnum


class Promise(StrEnum):
    PUBLISHED = "published"
    SCOPE = "scope"
    INVENTORY = "inventory"
    CHOICES = "choices"
    PRECAUTIONS = "precautions"
    CORRECTIONS = "corrections"
    SOLE_OWNER = "sole-owner"
    VOLUNTARY = "voluntary"
    NO_SALE = "no-sale"
    BUILD_NUMBER = "build-number"
    REPLY_ONLY = "reply-only"
    DISCLOSURE_ON_REQUEST = "disclosure-on-request"
    NEWS_UNLESS_TOLD = "news-unless-told"
    OPT_OUT_ANY_TIME = "opt-out-any-time"
    BY_EMAIL = "by-email"
    SEE = "see"
    CORRECT = "correct"
    DELETE = "delete"
    CONCERN = "concern"
    ONLINE_AND_OFFLINE = "online-and-offline"
    SEALED_IN_TRANSIT = "sealed-in-transit"
    LOCK_ICON = "lock-icon"
    JOB_BOUND = "job-bound"
    SECURE_ENVIRONMENT = "secure-environment"
    TELL_US_NOW = "tell-us-now"
    SIGN_UP_FIRST = "sign-up-first"
    SIGN_UP_FORM = "sign-up-form"
    EXPRESSED_INTEREST = "expressed-interest"
    SIGN_IN_AND_PAYMENT = "sign-in-and-payment"
    ORDER_FORM = "order-form"
    BILLING_AND_FILLING = "billing-and-filling"
    ORDER_TROUBLE = "order-trouble"
    LEAVING_NOTICE = "leaving-notice"
