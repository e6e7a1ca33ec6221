DROP INDEX outgoing_mails_lost;
