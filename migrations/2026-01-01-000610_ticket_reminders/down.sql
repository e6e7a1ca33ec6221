DROP TABLE ticket_reminders;
