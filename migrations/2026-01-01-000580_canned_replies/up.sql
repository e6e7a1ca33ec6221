-- Texts that agents say again and again, and which of their messages they were used in.
CREATE TABLE canned_replies (
    id         uuid PRIMARY KEY,
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    -- What is typed after a slash; nobody else's as long as it is not deleted.
    shortcut   text NOT NULL CHECK (shortcut = lower(shortcut)),
    -- Name of its folder; empty when it is in none.
    category   text NOT NULL DEFAULT '',
    -- Offered on tickets of this group alone.
    group_id   uuid REFERENCES support_groups,
    text_fr    text,
    text_en    text,
    text_ar    text,
    -- Offered no longer, but kept.
    retired    boolean NOT NULL DEFAULT false,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz,
    CONSTRAINT canned_replies_say_something CHECK (coalesce(text_fr, text_en, text_ar) IS NOT NULL)
);
CREATE UNIQUE INDEX canned_replies_shortcut ON canned_replies (shortcut) WHERE deleted_at IS NULL;

-- Once for each sent message, however often it was inserted; who and when stands with the message.
CREATE TABLE canned_reply_uses (
    reply_id   uuid NOT NULL REFERENCES canned_replies,
    message_id uuid NOT NULL REFERENCES ticket_messages ON DELETE CASCADE,
    PRIMARY KEY (reply_id, message_id)
);
CREATE INDEX canned_reply_uses_message ON canned_reply_uses (message_id);
