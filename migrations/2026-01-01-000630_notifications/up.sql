-- News for people: what each chose, what each was told, and named sets of staff that rules and escalations tell.
CREATE TABLE notification_settings (
    user_id        uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- IANA name; quiet hours and digests go by it.
    zone           text NOT NULL,
    -- Minutes of the local day.
    quiet_from     smallint CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to       smallint CHECK (quiet_to BETWEEN 0 AND 1439),
    digest_hour    smallint NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    -- 0 is Monday; every day without one.
    digest_weekday smallint CHECK (digest_weekday BETWEEN 0 AND 6),
    next_digest_at timestamptz NOT NULL,
    version        integer NOT NULL DEFAULT 1,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT notification_settings_quiet CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to)
);
CREATE INDEX notification_settings_due ON notification_settings (next_digest_at);

-- What differs from the defaults.
CREATE TABLE notification_choices (
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    topic    text NOT NULL,
    channel  text NOT NULL CHECK (channel IN ('in_app', 'mail', 'sms')),
    delivery text NOT NULL CHECK (delivery IN ('immediate', 'digest', 'off')),
    PRIMARY KEY (user_id, topic, channel)
);

CREATE TABLE notifications (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    topic        text NOT NULL,
    -- What caused it; a person is told of it once.
    event_key    text NOT NULL,
    title        text NOT NULL,
    -- Page of the web application.
    path         text NOT NULL,
    -- It is shown in the centre.
    in_app       boolean NOT NULL,
    -- It waits for the next digest.
    in_digest    boolean NOT NULL,
    created_at   timestamptz NOT NULL,
    read_at      timestamptz,
    digested_at  timestamptz,
    UNIQUE (user_id, event_key)
);
CREATE INDEX notifications_newest ON notifications (user_id, created_at DESC, id DESC) WHERE in_app;
CREATE INDEX notifications_unread ON notifications (user_id) WHERE in_app AND read_at IS NULL;
CREATE INDEX notifications_waiting ON notifications (user_id, created_at) WHERE in_digest AND digested_at IS NULL;
CREATE INDEX notifications_age ON notifications (created_at);

CREATE TABLE notification_groups (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid
);
CREATE UNIQUE INDEX notification_groups_name ON notification_groups (lower(name));

CREATE TABLE notification_group_members (
    group_id uuid NOT NULL REFERENCES notification_groups ON DELETE CASCADE,
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX notification_group_members_user ON notification_group_members (user_id);

INSERT INTO event_cursors VALUES ('notifications', pg_current_xact_id(), 9223372036854775807);

-- Address that switches a mail of this kind off (RFC 8058).
ALTER TABLE outgoing_mails ADD COLUMN unsubscribe_url text;

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['notification_settings', 'notification_choices', 'notifications', 'notification_group_members'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_settings, notification_choices TO cloudmanager_app;
CREATE POLICY own ON notification_settings TO cloudmanager_app USING (user_id = wall_user());
CREATE POLICY own ON notification_choices TO cloudmanager_app USING (user_id = wall_user());
GRANT SELECT, UPDATE (read_at) ON notifications TO cloudmanager_app;
CREATE POLICY own ON notifications TO cloudmanager_app USING (user_id = wall_user());
