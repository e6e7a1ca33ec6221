//! Codes by text message: the phone that gets them, and the codes.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    locale::Locale,
    message::{Message, Values},
    sms::{
        PhoneNumber, code, masked,
        pace::{self, Limit},
    },
};
use store::{
    PgConn,
    alert::NewAlert,
    audit, factor, passkey,
    sms::{
        code::{self as codes, NewCode},
        message::{self, CountedBy},
    },
    user::{self, User},
};
use uuid::Uuid;

use super::{
    Origin, Renewed, alerts,
    factors::{self, Method},
    origin::hash,
    renew, throttle,
};
use crate::{
    App, AppError, Caller, Tx, message_template, seal,
    sms::{self, NewSms},
    wall,
};

/// What a code opens. One for one place opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Puts a phone to use, within this session.
    Enrol(Uuid),
    /// Meets this challenge of a login.
    Login(Uuid),
    /// A fresh proof within this session.
    StepUp(Uuid),
}

impl Place {
    const fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::Enrol(session) => ("enrol", session),
            Self::Login(challenge) => ("login", challenge),
            Self::StepUp(session) => ("step_up", session),
        }
    }
}

/// A code on its way.
#[derive(Debug)]
pub struct OnItsWay {
    /// The number, most of it hidden.
    pub phone: String,
    /// Seconds the code is good.
    pub expires_in: i64,
    /// Seconds before another one may be asked for.
    pub resend_in: i64,
}

/// The phone of a person as a second factor.
#[derive(Debug, Clone)]
pub struct PhoneFactor {
    /// The number.
    pub phone: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Nothing stronger is asked of his role.
    pub enough: bool,
}

/// The phone of a person.
///
/// # Errors
/// When the database is away.
pub async fn phone(app: &App, user_id: Uuid) -> Result<Option<PhoneFactor>, AppError> {
    phone_on(app, &mut *app.conn().await?, user_id).await
}

/// As [`phone`], over this connection.
pub(super) async fn phone_on(app: &App, conn: &mut PgConn, user_id: Uuid) -> Result<Option<PhoneFactor>, AppError> {
    let found = codes::phone(conn, user_id).await?;
    Ok(found.map(|phone| PhoneFactor {
        enough: code::enough_for(&phone.lineage, &app.sms.strong_roles),
        phone: phone.phone,
        since: phone.confirmed_at,
    }))
}

/// Whether somebody whose role is of this lineage may get codes by text message.
#[must_use]
pub fn offered(app: &App, lineage: &[String]) -> bool {
    app.sms.provider.is_some() && code::enough_for(lineage, &app.sms.strong_roles)
}

fn keyed(key: &[u8; 32], id: Uuid, code: &str) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    context.update(id.as_bytes());
    context.update(code.as_bytes());
    context.sign()
}

/// Begins to put a phone to use: sends a code there.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Invalid`] for a number that gets none; [`AppError::Denied`] when the role needs something
/// stronger; as [`send`].
pub async fn begin_phone(
    app: &App,
    caller: &Caller,
    session: Uuid,
    number: &str,
    origin: &Origin,
) -> Result<OnItsWay, AppError> {
    caller.fresh_factor(app.now())?;
    need_provider(app)?;
    let user = user::by_id(&mut *app.conn().await?, caller.user_id).await?;
    if !code::enough_for(&user.lineage, &app.sms.strong_roles) {
        return Err(AppError::Denied {
            code: "sms_not_enough".to_owned(),
            message: "Your role needs something stronger than a phone number: use an authenticator app.".to_owned(),
        });
    }
    let number = PhoneNumber::parse(number, &app.sms.prefixes)
        .map_err(|error| AppError::invalid("/phone", error.code(), error))?;
    if phone(app, caller.user_id)
        .await?
        .is_some_and(|known| known.phone == number.as_str())
    {
        return Err(AppError::refused(
            "phone_in_use",
            "Codes are sent to this number already.",
        ));
    }
    send(app, &user, number.as_str(), Place::Enrol(session), origin).await
}

/// A phone that was put to use.
#[derive(Debug)]
pub struct Confirmed {
    /// Backup codes, shown this once: it is the first second factor of its owner.
    pub backup_codes: Vec<String>,
    /// The token by which the session goes on.
    pub renewed: Option<Renewed>,
}

/// Puts a phone to use with the code that was sent there. The one before is used no more.
///
/// # Errors
/// [`AppError::StepUp`], [`AppError::Invalid`] `wrong_code`, [`AppError::TooMany`].
pub async fn confirm_phone(
    app: &App,
    caller: &Caller,
    session: Uuid,
    typed: &str,
    origin: &Origin,
) -> Result<Confirmed, AppError> {
    caller.fresh_factor(app.now())?;
    let counters = throttle::of_factor(caller.user_id, origin, None);
    throttle::count(app, &counters).await?;
    let (code, number) = look(app, caller.user_id, Place::Enrol(session), typed)
        .await?
        .ok_or_else(factors::wrong_code)?;
    let mut tx = app.begin().await?;
    if !codes::spend(tx.conn()?, code, app.now()).await? {
        return Err(factors::wrong_code());
    }
    passkey::lock_owner(tx.conn()?, caller.user_id).await?;
    let before = factors::within(app, &mut tx, caller.user_id).await?;
    codes::set_phone(tx.conn()?, caller.user_id, &number, app.now()).await?;
    codes::drop_codes(tx.conn()?, caller.user_id).await?;
    let backup_codes = if before.sufficient() == 0 {
        factors::new_codes(app, &mut tx, caller.user_id).await?
    } else {
        Vec::new()
    };
    let renewed = renew::proven(app, &mut tx, session, Method::Sms.amr()).await?;
    store::login::forgive(tx.conn()?, &counters).await?;
    let change = if before.phone.is_some() {
        "sms_changed"
    } else {
        "sms_added"
    };
    factors::changed(app, &mut tx, &caller.actor, caller.user_id, change).await?;
    tx.commit().await?;
    Ok(Confirmed { backup_codes, renewed })
}

/// Sends no more codes to the phone; `required` says that his role needs a second factor.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`] without one; [`AppError::Refused`] `last_factor`.
pub async fn remove_phone(app: &App, caller: &Caller, required: bool) -> Result<(), AppError> {
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    passkey::lock_owner(tx.conn()?, caller.user_id).await?;
    if !codes::remove_phone(tx.conn()?, caller.user_id).await? {
        return Err(AppError::NotFound);
    }
    factors::keep_one(app, &mut tx, caller.user_id, required).await?;
    codes::drop_codes(tx.conn()?, caller.user_id).await?;
    factor::end_backup_codes(tx.conn()?, caller.user_id).await?;
    factors::changed(app, &mut tx, &caller.actor, caller.user_id, "sms_removed").await?;
    tx.commit().await
}

/// Sends a code for the challenge of a login.
///
/// # Errors
/// [`AppError::Invalid`] `challenge_over`, or `no_phone` when the person gets no codes; as [`send`].
pub async fn for_login(app: &App, token: &str, origin: &Origin) -> Result<OnItsWay, AppError> {
    let now = app.now();
    let owed = codes::owed(&mut *app.conn().await?, &hash(token), factors::TRIES, now).await?;
    let owed = owed.ok_or_else(factors::challenge_over)?;
    let user = user::by_id(&mut *app.conn().await?, owed.user_id).await?;
    to_own_phone(app, &user, Place::Login(owed.id), origin).await
}

/// Sends a code for a fresh proof.
///
/// # Errors
/// As [`for_login`].
pub async fn for_step_up(app: &App, caller: &Caller, session: Uuid, origin: &Origin) -> Result<OnItsWay, AppError> {
    let user = user::by_id(&mut *app.conn().await?, caller.user_id).await?;
    to_own_phone(app, &user, Place::StepUp(session), origin).await
}

async fn to_own_phone(app: &App, user: &User, place: Place, origin: &Origin) -> Result<OnItsWay, AppError> {
    let own = factors::of(app, user.id).await?;
    let usable = own.methods().contains(&Method::Sms.as_str());
    match own.phone {
        Some(phone) if usable => send(app, user, &phone.phone, place, origin).await,
        _ => Err(AppError::invalid(
            "/method",
            "no_phone",
            "You get no codes by text message.",
        )),
    }
}

fn need_provider(app: &App) -> Result<(), AppError> {
    if app.sms.provider.is_some() {
        return Ok(());
    }
    Err(AppError::refused("sms_off", "Text messages are not set up here."))
}

/// Sends a code, unless enough were sent.
///
/// # Errors
/// [`AppError::TooMany`] with the seconds to wait; [`AppError::Refused`] `sms_off` or `sms_paused`.
async fn send(app: &App, user: &User, phone: &str, place: Place, origin: &Origin) -> Result<OnItsWay, AppError> {
    need_provider(app)?;
    // How many go out is counted over everybody's, also those of customers, who see nobody's.
    let paused = wall::scope(sent(app, user, phone, place, origin)).await?;
    if let Some(wait) = paused {
        wall::scope(brake(app, user, origin)).await?;
        tracing::warn!(seconds = wait.num_seconds(), "text messages are paused");
        return Err(AppError::refused(
            "sms_paused",
            "Too many text messages were asked for within an hour. Use another way, or try again later.",
        ));
    }
    Ok(OnItsWay {
        phone: masked(phone),
        expires_in: code::LIFE.num_seconds(),
        resend_in: pace::RESEND.num_seconds(),
    })
}

/// Queues a code, or says how long everybody has to wait.
async fn sent(
    app: &App,
    user: &User,
    phone: &str,
    place: Place,
    origin: &Origin,
) -> Result<Option<TimeDelta>, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    message::lock(tx.conn()?).await?;
    let counts = [
        (CountedBy::Phone(phone), pace::NUMBER),
        (CountedBy::Account(user.id), pace::ACCOUNT),
        (CountedBy::Network(&origin.network), pace::NETWORK),
    ];
    for (of, limits) in counts {
        if let Some(wait) = waits(&mut tx, of, limits, now).await? {
            let retry_after = u32::try_from(wait.num_seconds() + 1).unwrap_or(u32::MAX);
            return Err(AppError::TooMany { retry_after });
        }
    }
    let everybody = [Limit(app.sms.hourly, TimeDelta::hours(1))];
    if let Some(wait) = waits(&mut tx, CountedBy::Everybody, &everybody, now).await? {
        return Ok(Some(wait));
    }
    let mut bits = [0; 8];
    seal::random(&mut bits)?;
    let digits = code::of_random(u64::from_le_bytes(bits));
    let (purpose, at) = place.parts();
    let id = Uuid::now_v7();
    let expires_at = now + code::LIFE;
    let code_hash = keyed(&app.keys.derive("sms-codes")?, id, &digits);
    let new = NewCode {
        id,
        user_id: user.id,
        purpose,
        place: at,
        phone,
        code_hash: code_hash.as_ref(),
        expires_at,
    };
    codes::put(tx.conn()?, &new, now).await?;
    let values = Values::from([("code", digits), ("minutes", code::LIFE.num_minutes().to_string())]);
    let locale = Locale::from_tag(&user.locale).unwrap_or_default();
    let text = message_template::fill(app, tx.conn()?, Message::SmsCode, locale, &values).await?;
    let sms = NewSms {
        user_id: Some(user.id),
        phone,
        purpose,
        body: &text.body,
        network: &origin.network,
        not_before: None,
        expires_at,
    };
    let sms = sms::queue(app, &mut tx, &sms).await?.id;
    let entry = audit::Entry {
        action: "user.text_code_sent",
        subject_type: "user",
        subject_id: Some(user.id),
        data: serde_json::json!({ "purpose": purpose, "phone": masked(phone), "sms": sms }),
    };
    audit::append(tx.conn()?, &origin.actor(user), now, entry).await?;
    tx.commit().await?;
    Ok(None)
}

async fn waits(
    tx: &mut Tx,
    of: CountedBy<'_>,
    limits: &[Limit],
    now: DateTime<Utc>,
) -> Result<Option<TimeDelta>, AppError> {
    let mut longest = None;
    for limit in limits.iter().filter(|limit| limit.0 > 0) {
        if let Some(oldest) = message::nth_last(tx.conn()?, of, limit.0).await? {
            longest = longest.max(limit.wait(oldest, now));
        }
    }
    Ok(longest)
}

/// Somebody may be earning on text messages: whoever watches over security is told, once within an hour.
async fn brake(app: &App, user: &User, origin: &Origin) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let alert = NewAlert {
        kind: "sms_paused",
        severity: "critical",
        user_id: Some(user.id),
        ip: origin.ip.as_deref(),
        data: serde_json::json!({ "hourly": app.sms.hourly }),
        once_key: Some(format!("sms_paused:{}", now.format("%Y-%m-%dT%H"))),
    };
    alerts::raise(&mut tx, alert, now).await?;
    tx.commit().await
}

/// Looks at a code and counts the try; gives its id, and the number it went to, when it is right. It is not spent yet.
///
/// # Errors
/// When the database is away.
pub(super) async fn look(app: &App, user: Uuid, place: Place, typed: &str) -> Result<Option<(Uuid, String)>, AppError> {
    let (purpose, at) = place.parts();
    let mut conn = app.conn().await?;
    let waiting = codes::count_try(&mut conn, (user, purpose, at), code::TRIES, app.now()).await?;
    let (Some(waiting), Some(typed)) = (waiting, code::typed(typed)) else {
        return Ok(None);
    };
    let keys = app.keys.derive_all("sms-codes")?;
    let right = keys
        .iter()
        .any(|key| verify_slices_are_equal(keyed(key, waiting.id, &typed).as_ref(), &waiting.code_hash).is_ok());
    Ok(right.then_some((waiting.id, waiting.phone)))
}
