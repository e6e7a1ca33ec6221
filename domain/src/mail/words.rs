//! The closed sets of words about mailboxes and mail.

use crate::words::words;

words! {
    /// Where a mail stands.
    MailState {
        /// Taken, not yet looked at.
        Received = "received",
        /// In a ticket.
        Processed = "processed",
        /// The same mail as an earlier one.
        Duplicate = "duplicate",
        /// Kept aside for staff.
        Quarantined = "quarantined",
        /// A report about another mail.
        Bounce = "bounce",
        /// Of no use.
        Dropped = "dropped",
        /// It could not be read; its ticket holds the original.
        Dead = "dead",
    }
}

words! {
    /// Why a mail is where it is, when that does not go without saying.
    MailReason {
        /// The same mail arrived before.
        Duplicate = "duplicate",
        /// One of our own automatic mails came back.
        OwnLoop = "own_loop",
        /// A report that is not about delivery.
        OtherReport = "other_report",
        /// The sender sent too many mails in ten minutes.
        Flood = "flood",
        /// It claims to be by somebody who takes part, and fails authentication.
        ForgedParticipant = "forged_participant",
        /// An out-of-office reply to nothing we know.
        OrphanAutoReply = "orphan_auto_reply",
        /// It is taken for spam, or a rule of staff blocks it.
        Spam = "spam",
        /// Above the size limit: only its header section was read.
        MessageTooLarge = "message_too_large",
        /// It could not be read.
        Unreadable = "unreadable",
        /// Staff dropped it.
        DroppedByStaff = "dropped_by_staff",
        /// Told in words, before there were codes.
        Other = "other",
    }
}

words! {
    /// What staff may do with a mail.
    MailAction {
        /// Let it in.
        Release = "release",
        /// Have it processed again by the rules of today.
        Reprocess = "reprocess",
        /// Drop it.
        Drop = "drop",
    }
}

words! {
    /// What an outgoing mail is.
    OutgoingKind {
        /// What a person wrote in a ticket.
        Reply = "reply",
        /// The acknowledgement of a new ticket.
        AutoAck = "auto_ack",
        /// The word that a mail was too large.
        TooLarge = "too_large",
        /// What a rule answers.
        RuleReply = "rule_reply",
        /// The question how satisfied somebody is.
        Survey = "survey",
        /// Reminds somebody that an answer of his is waited for.
        WaitingReminder = "waiting_reminder",
        /// News for somebody who has an account.
        Notification = "notification",
        /// About an account: a link, an invitation, a warning.
        Account = "account",
    }
}

words! {
    /// What became of an outgoing mail.
    DeliveryState {
        /// Waits for its next attempt.
        Queued = "queued",
        /// The server took it.
        Sent = "sent",
        /// The server refused it, or every attempt failed.
        Failed = "failed",
        /// It came back.
        Bounced = "bounced",
        /// Not sent: the address is suppressed.
        Suppressed = "suppressed",
        /// The recipient's server says that it arrived.
        Delivered = "delivered",
        /// It arrived, and its recipient complained about it.
        Complained = "complained",
    }
}

words! {
    /// Why an address gets no mail.
    SuppressionReason {
        /// Mail to it came back: nothing is sent.
        Bounce = "bounce",
        /// Whoever reads it complained about mail of ours: nothing is sent but what he asks for about his account.
        Complaint = "complaint",
        /// It floods us: nothing automatic is sent.
        Flood = "flood",
    }
}

words! {
    /// How mail comes to a mailbox.
    MailboxKind {
        /// It is fetched from an IMAP server.
        Imap = "imap",
        /// It is posted to the API.
        Webhook = "webhook",
    }
}

words! {
    /// How a connection to a mail server is secured.
    TlsMode {
        /// TLS from the first byte.
        Tls = "tls",
        /// A plain greeting, then STARTTLS.
        StartTls = "starttls",
        /// Not at all; towards this machine only.
        None = "none",
    }
}

words! {
    /// What the first connection to a mailbox takes.
    StartPoint {
        /// What comes from now on.
        Now = "now",
        /// What came in the last days, too.
        Recent = "recent",
        /// Everything that is there.
        All = "all",
    }
}
