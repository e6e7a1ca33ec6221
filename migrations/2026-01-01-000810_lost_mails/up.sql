-- How much mail did not arrive of late is asked every few seconds by whoever watches over the installation.
CREATE INDEX outgoing_mails_lost ON outgoing_mails (state_at) WHERE state IN ('failed', 'bounced', 'suppressed');
