ALTER TABLE outgoing_mails DROP COLUMN unsubscribe_url;
DELETE FROM event_cursors WHERE consumer = 'notifications';
DROP TABLE notification_group_members, notification_groups, notifications, notification_choices, notification_settings;
