-- Events that programs raise have triggers of their own by name: `custom_event:backup.failed`, whose name has 60 characters at most.
ALTER TABLE notification_triggers DROP CONSTRAINT notification_triggers_topic_check,
    ADD CONSTRAINT notification_triggers_topic_check CHECK (length(topic) <= 80);
