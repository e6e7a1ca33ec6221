//! What is told to staff about a mail: stable codes with parameters. Whoever shows them has the words in his language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Everything that can be told. The comment of a code that has parameters names them.
    Code as "NoteCode" {
        // What headers mean.
        /// Sent by this installation.
        OwnInstallation = "own_installation",
        /// Sent by another installation of the product.
        OtherInstallation = "other_installation",
        /// A report by its media type.
        ReportMediaType = "report_media_type",
        /// Not a report by its media type, but it reads like one.
        LooksLikeBounce = "looks_like_bounce",
        /// What the report says about a recipient.
        ReportSays = "report_says",
        /// Sent by a machine (RFC 3834).
        SentByMachine = "sent_by_machine",
        /// Sent by an auto-responder.
        AutoResponder = "auto_responder",
        /// Sent by a rule of a mailbox.
        MailboxRule = "mailbox_rule",
        /// The subject has the words of an out-of-office reply.
        OutOfOfficeWords = "out_of_office_words",
        /// Bulk mail.
        BulkMail = "bulk_mail",
        /// Mailing list.
        MailingList = "mailing_list",
        /// Mail of a campaign.
        CampaignMail = "campaign_mail",

        // How far a sender may be believed, and why.
        /// From is not exactly one mailbox.
        FromNotOne = "from_not_one",
        /// From is not a valid address.
        FromInvalid = "from_invalid",
        /// DMARC passed.
        DmarcPassed = "dmarc_passed",
        /// DMARC failed.
        DmarcFailed = "dmarc_failed",
        /// Our own server says nothing about DMARC.
        NoDmarcVerdict = "no_dmarc_verdict",
        /// The sender is who he says.
        SenderVerified = "sender_verified",
        /// Nothing speaks for or against the sender.
        SenderNotVerified = "sender_not_verified",
        /// The sender is not who he says.
        SenderNotBelieved = "sender_not_believed",

        // What speaks for spam or against it, see `domain::mail::spam`.
        /// `filter`, `score`, `limit`: what the filter before the mailbox gave it, and from where on that filter calls it spam.
        FilterScore = "filter_score",
        /// `filter`: calls it spam.
        FilterFlag = "filter_flag",
        /// `filter`, `level`: its spam confidence level.
        FilterLevel = "filter_level",
        /// `filter`, `category`: what it takes it for.
        FilterCategory = "filter_category",
        /// SPF failed.
        SpfFailed = "spf_failed",
        /// DKIM failed.
        DkimFailed = "dkim_failed",
        /// The sender's domain says nothing about forgeries.
        DmarcNone = "dmarc_none",
        /// The sender may be mistaken for another.
        LookAlikeSender = "look_alike_sender",
        /// A link leads elsewhere than it says.
        MisleadingLinks = "misleading_links",
        /// `field`, `value`: a rule of staff that let it in.
        RuleAllows = "rule_allows",
        /// `field`, `value`: a rule of staff that kept it aside.
        RuleBlocks = "rule_blocks",
        /// `field`, `value`: a rule that a more exact one outweighs.
        RuleOutweighed = "rule_outweighed",
        /// `field`, `value`: a rule that would let it in, were the sender who he says.
        RuleNotBelieved = "rule_not_believed",
        /// Points keep no mail of somebody aside whom we know.
        KnownSender = "known_sender",
        /// Points keep no answer to a mail of ours aside.
        AnswersOurMail = "answers_our_mail",

        // What threading saw.
        /// `ticket`, `place`: a signed token of a ticket.
        SignedToken = "signed_token",
        /// `id`: the Message-ID of a mail that is in a ticket.
        KnownMessageId = "known_message_id",
        /// `ticket`: its number in the subject.
        SubjectNumber = "subject_number",
        /// Reference of a partner's system.
        PartnerReference = "partner_reference",
        /// An out-of-office reply.
        OutOfOfficeReply = "out_of_office_reply",
        /// Same sender and same subject within seven days.
        SameSenderAndSubject = "same_sender_and_subject",
        /// Signed bounce address.
        SignedBounceAddress = "signed_bounce_address",
        /// A Message-ID that we signed.
        SignedMessageId = "signed_message_id",
        /// Nothing that we signed.
        NoMarkOfOurs = "no_mark_of_ours",
        /// `class`: what the mail is.
        Class = "class",

        // What followed from it.
        /// `sender`, `verdict`: the cell of the matrix.
        Judged = "judged",
        /// `ticket`: where the mail was added.
        AppendedTo = "appended_to",
        /// `ticket`: where the mail is an unverified note.
        UnverifiedNoteOn = "unverified_note_on",
        /// Quarantined.
        Quarantined = "quarantined",
        /// `ticket`: where the mail waits for an agent.
        HeldOn = "held_on",
        /// `ticket`: possibly related to the new one.
        NewTicketRelated = "new_ticket_related",
        /// `ticket`: followed up by the new one.
        NewTicketFollowUp = "new_ticket_follow_up",
        /// A new ticket.
        NewTicket = "new_ticket",
        /// Recorded as news of a delivery.
        DeliveryEvent = "delivery_event",
        /// Our own mail, dropped.
        OwnMailDropped = "own_mail_dropped",
        /// Only a hint, since the sender is not believed.
        HintNotBelieved = "hint_not_believed",
        /// Only a hint.
        Hint = "hint",
        /// Allowed for the sender's domain.
        AllowedForDomain = "allowed_for_domain",
        /// Answers nothing that we know.
        AnswersNothing = "answers_nothing",
        /// A report is never a message.
        NeverAMessage = "never_a_message",
        /// The ticket is gone.
        NoSuchTicket = "no_such_ticket",
        /// `source`, `ticket`: a ticket merged into another.
        MergedInto = "merged_into",

        // Why a machine must not answer.
        /// Only people are answered.
        OnlyPeople = "only_people",
        /// Old mail is not answered.
        Importing = "importing",
        /// Nobody knows the envelope sender.
        EnvelopeSenderUnknown = "envelope_sender_unknown",
        /// The null sender asks for no answer.
        NullSender = "null_sender",
        /// Bulk or automatic mail.
        BulkOrAutomatic = "bulk_or_automatic",
        /// The sender asks for no answer.
        NoAnswerWanted = "no_answer_wanted",
        /// It went through too many machines.
        TooManyHops = "too_many_hops",
        /// The address of a machine.
        MachineAddress = "machine_address",
        /// Our own address.
        OwnAddress = "own_address",
        /// The envelope sender is a machine or ours.
        UnsafeReturnPath = "unsafe_return_path",
        /// The address is suppressed.
        Suppressed = "suppressed",
        /// Our address is in neither To nor Cc (RFC 3834).
        NotAddressedToUs = "not_addressed_to_us",
        /// The mailbox does not acknowledge.
        MailboxSilent = "mailbox_silent",
        /// Automatic mail is paused, see `domain::mail::anomaly`.
        AutomationPaused = "automation_paused",
        /// The recipient switched mails of this kind off.
        SwitchedOff = "switched_off",
        /// There is no mailbox to send from.
        NoMailbox = "no_mailbox",
        /// The sender floods us.
        BrakeFlood = "brake_flood",
        /// The address was answered moments ago.
        BrakePause = "brake_pause",
        /// The address was answered often enough today.
        BrakeDay = "brake_day",
        /// The ticket sent too many automatic mails.
        BrakeTicket = "brake_ticket",
        /// The ticket was closed as spam.
        SpamTicket = "spam_ticket",

        // What a mail caused.
        /// `ticket`: opened.
        TicketOpened = "ticket_opened",
        /// `ticket`: got a message.
        MessageAdded = "message_added",
        /// `from`, `to`: states of the ticket.
        StateChanged = "state_changed",
        /// `mail`, `recipient`: a mail on its way.
        MailQueued = "mail_queued",
        /// `mail`, `recipient`: not sent since the address is suppressed.
        MailSuppressed = "mail_suppressed",
        /// `mail`, `why`, perhaps `header` and `value`: an automatic mail that is not sent.
        NoAutomaticMail = "no_automatic_mail",
        /// `address`: takes part from now on.
        ParticipantAdded = "participant_added",
        /// `ticket`: possibly related.
        PossiblyRelated = "possibly_related",
        /// `by`: who released it.
        Released = "released",
        /// `by`, `reason`: who dropped it, and his words.
        Dropped = "dropped",
        /// `address`, `action`, `status`: what a report says.
        DeliveryReported = "delivery_reported",
        /// `address`: complained about a mail of ours.
        Complained = "complained",
        /// A complaint about nothing that we signed.
        ComplaintNotOurs = "complaint_not_ours",
        /// `address`: gets no more mail.
        AddressSuppressed = "address_suppressed",
        /// `address`: gets no automatic mail for an hour.
        AddressPaused = "address_paused",
        /// `ticket`: has the same mail, which came through a mailbox of another group.
        CrossPosted = "cross_posted",
        /// An earlier mail has the same Message-ID and other content.
        SameIdOtherContent = "same_id_other_content",
        /// `ticket`: reopened since the reply did not arrive.
        ReplyNotDelivered = "reply_not_delivered",

        // What was odd about a mail.
        /// Larger than the limit; only its header was read.
        TooLarge = "too_large",
        /// More header fields or bytes than the limit.
        HeaderTruncated = "header_truncated",
        /// More parts than the limit.
        TooManyParts = "too_many_parts",
        /// Parts nested deeper than the limit.
        TooDeep = "too_deep",
        /// A text longer than the limit.
        BodyTruncated = "body_truncated",
        /// base64 or quoted-printable with errors.
        BrokenEncoding = "broken_encoding",
        /// Text that is not in its declared charset.
        CharsetMismatch = "charset_mismatch",
        /// The reader failed on this mail.
        ReaderFailed = "reader_failed",
        /// The formatted text has too much to be shown; the plain text is.
        HtmlTooLarge = "html_too_large",
        /// The formatted text could not be made safe; the plain text is shown.
        HtmlFailed = "html_failed",
        /// `shown`, `actual`: a link that leads elsewhere than it says.
        LinkMismatch = "link_mismatch",

        /// `text`: words from before there were codes.
        Text = "text",
    }
}

/// A code with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What is told.
    pub code: Code,
    /// What it is told of; names as in the comment of the code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Note {
    /// A note without parameters.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
        }
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// About a ticket.
    #[must_use]
    pub fn ticket(code: Code, number: i64) -> Self {
        Self::new(code).with("ticket", number)
    }
}

impl From<Code> for Note {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
