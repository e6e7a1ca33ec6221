-- What a mailbox is used to (median mails an hour, NULL = not known yet), and since when its automatic mail waits because it
-- gets or sends far more.
ALTER TABLE mailboxes ADD COLUMN hourly_normal integer CHECK (hourly_normal >= 0);
ALTER TABLE mailboxes ADD COLUMN automation_paused_at timestamptz;
CREATE INDEX raw_mails_mailbox_received ON raw_mails (mailbox_id, received_at);
CREATE INDEX outgoing_mails_automatic ON outgoing_mails (mailbox_id, created_at) WHERE kind <> 'reply';

-- Checks of mailbox settings, saved or not; kept for a day.
CREATE TABLE mailbox_tests (
    id          uuid PRIMARY KEY,
    mailbox_id  uuid REFERENCES mailboxes,
    user_id     uuid NOT NULL REFERENCES users,
    connection  jsonb,
    secret      bytea,
    steps       jsonb NOT NULL,
    state       text NOT NULL CHECK (state IN ('running', 'passed', 'failed')),
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK (state = 'running' OR secret IS NULL)
);
CREATE INDEX mailbox_tests_created ON mailbox_tests (created_at);
