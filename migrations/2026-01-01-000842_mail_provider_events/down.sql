DROP TABLE mail_provider_figures, mail_provider_events;
