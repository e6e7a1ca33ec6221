DELETE FROM notification_triggers WHERE topic LIKE 'custom_event:%';
ALTER TABLE notification_triggers DROP CONSTRAINT notification_triggers_topic_check,
    ADD CONSTRAINT notification_triggers_topic_check CHECK (length(topic) <= 60);
