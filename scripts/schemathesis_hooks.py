"""What schemathesis cannot know of: bodies that are mails, and answers that are refusals by design."""

import schemathesis


@schemathesis.serializer("message/rfc822", "application/octet-stream")
def raw(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
