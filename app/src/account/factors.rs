//! Second factors: an authenticator app with backup codes, asked for at login and before dangerous actions.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE32_NOPAD;
use domain::{account::notice::AccountNotice, sms::code};
use jobs::{NewJob, SendAccountMail};
use store::{
    audit, device, factor, sms,
    user::{self, User},
};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;

use super::{
    Accounts, Origin, SignedIn,
    enter::Proof,
    origin::hash,
    sign_in,
    text_codes::{self, PhoneFactor, Place},
    throttle,
};
use crate::{App, AppError, Caller, Tx, seal};

/// Tries of one challenge.
pub(super) const TRIES: i32 = 5;
/// How long a challenge waits.
pub const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// Backup codes made at once, of 80 bits each.
const CODES: usize = 10;

/// A second factor, or the password for people without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Code of an authenticator app.
    Totp,
    /// Backup code.
    BackupCode,
    /// Code by text message.
    Sms,
    /// Password; proves nothing to a person with a second factor.
    Password,
}

impl Method {
    /// Name in the API and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::BackupCode => "backup_code",
            Self::Sms => "sms",
            Self::Password => "password",
        }
    }

    /// Authentication method reference (RFC 8176).
    pub(super) const fn amr(self) -> &'static str {
        match self {
            Self::Totp => "otp",
            Self::BackupCode => "backup",
            Self::Sms => "sms",
            Self::Password => "pwd",
        }
    }
}

/// Whether one of these proofs is a second factor that is enough for this role.
#[must_use]
pub fn has_second(app: &App, role: &str, amr: &[String]) -> bool {
    let text_enough = code::enough_for(role, &app.sms.strong_roles);
    amr.iter().any(|how| match how.as_str() {
        "otp" | "backup" | "mfa" => true,
        "sms" => text_enough,
        _ => false,
    })
}

/// What a person has.
#[derive(Debug, Clone)]
pub struct Factors {
    /// Authenticator app, since then.
    pub totp_since: Option<DateTime<Utc>>,
    /// Backup codes left.
    pub backup_codes_left: i64,
    /// Phone that gets codes by text message.
    pub phone: Option<PhoneFactor>,
}

impl Factors {
    /// What a challenge can be met with; empty when nothing is set up.
    #[must_use]
    pub fn methods(&self) -> Vec<&'static str> {
        let mut methods = Vec::new();
        if self.totp_since.is_some() {
            methods.push("totp");
            if self.backup_codes_left > 0 {
                methods.push("backup_code");
            }
        }
        // Whose role needs more is asked for it alone, except that a role he got later takes no factor away.
        if self
            .phone
            .as_ref()
            .is_some_and(|phone| phone.enough || methods.is_empty())
        {
            methods.push(Method::Sms.as_str());
        }
        methods
    }
}

/// The second factors of an account.
///
/// # Errors
/// When the database is away.
pub async fn of(app: &App, user_id: Uuid) -> Result<Factors, AppError> {
    let phone = text_codes::phone(app, user_id).await?;
    let mut conn = app.conn().await?;
    Ok(Factors {
        phone,
        totp_since: factor::totp(&mut conn, user_id)
            .await?
            .and_then(|totp| totp.confirmed_at),
        backup_codes_left: factor::backup_codes_left(&mut conn, user_id).await?,
    })
}

/// An authenticator app about to be set up.
#[derive(Debug)]
pub struct Setup {
    /// Secret in base32, for typing.
    pub secret: String,
    /// `otpauth://` address, for the QR code.
    pub url: String,
}

fn context(user: Uuid) -> String {
    format!("totp_factors.secret.{user}")
}

fn app_of(secret: &[u8], account: &str) -> Result<Totp, AppError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::from(secret.to_vec()))
        .with_issuer(Some("CloudManager"))
        .with_account_name(account)
        .build()
        .map_err(|error| AppError::Internal(error.to_string()))
}

pub(super) fn wrong_code() -> AppError {
    AppError::invalid("/code", "wrong_code", "This code is wrong, or was used before.")
}

pub(super) fn challenge_over() -> AppError {
    AppError::invalid(
        "/challenge",
        "challenge_over",
        "Sign in again: this took too long, or too many tries.",
    )
}

/// The text of a backup code without what people add when they type it.
fn plain_code(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn code_hash(user: Uuid, code: &str) -> [u8; 32] {
    hash(&format!("{user}:{}", plain_code(code)))
}

/// New backup codes, replacing the old ones; they are shown this once.
async fn new_codes(app: &App, tx: &mut Tx, user: Uuid) -> Result<Vec<String>, AppError> {
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = [0; 10];
        seal::random(&mut bytes)?;
        let text = BASE32_NOPAD.encode(&bytes);
        codes.push(format!(
            "{}-{}-{}-{}",
            &text[..4],
            &text[4..8],
            &text[8..12],
            &text[12..]
        ));
    }
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| code_hash(user, code)).collect();
    factor::set_backup_codes(tx.conn()?, user, &hashes, app.now()).await?;
    Ok(codes)
}

/// Notes a change of factors and tells the owner.
pub(super) async fn changed(
    app: &App,
    tx: &mut Tx,
    actor: &audit::Actor,
    user: Uuid,
    change: &'static str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action: "user.factors_changed",
        subject_type: "user",
        subject_id: Some(user),
        data: serde_json::json!({ "change": change }),
    };
    audit::append(tx.conn()?, actor, app.now(), entry).await?;
    let mail = SendAccountMail::notice(user, AccountNotice::FactorsChanged).with("change", change);
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    Ok(())
}

/// Begins the set-up of an authenticator app.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Refused`] when one is in use.
pub async fn begin_totp(app: &App, caller: &Caller) -> Result<Setup, AppError> {
    caller.fresh_factor(app.now())?;
    let mut secret = [0; 20];
    seal::random(&mut secret)?;
    let sealed = app.keys.seal(&context(caller.user_id), &secret)?;
    let totp = app_of(&secret, &caller.email)?;
    let mut tx = app.begin().await?;
    if !factor::begin_totp(tx.conn()?, caller.user_id, &sealed, app.now()).await? {
        return Err(AppError::Refused {
            code: "totp_in_use".to_owned(),
            message: "An authenticator app is in use already. Remove it first.".to_owned(),
            allowed: Vec::new(),
        });
    }
    tx.commit().await?;
    let url = totp.to_url().map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Setup {
        secret: BASE32_NOPAD.encode(&secret),
        url,
    })
}

/// Accepts the first code of an authenticator app: from now on it is asked for. Returns the backup codes.
///
/// # Errors
/// [`AppError::Invalid`] `wrong_code`, [`AppError::TooMany`].
pub async fn confirm_totp(
    app: &App,
    caller: &Caller,
    session: Uuid,
    code: &str,
    origin: &Origin,
) -> Result<Vec<String>, AppError> {
    caller.fresh_factor(app.now())?;
    let counters = throttle::of_factor(caller.user_id, origin, None);
    throttle::count(app, &counters).await?;
    let mut tx = app.begin().await?;
    let pending = factor::totp(tx.conn()?, caller.user_id)
        .await?
        .filter(|totp| totp.confirmed_at.is_none())
        .ok_or(AppError::NotFound)?;
    if !take_totp(app, &mut tx, caller.user_id, &pending, code).await? {
        return Err(wrong_code());
    }
    let codes = new_codes(app, &mut tx, caller.user_id).await?;
    factor::proven(tx.conn()?, session, Method::Totp.amr(), app.now()).await?;
    store::login::forgive(tx.conn()?, &counters).await?;
    changed(app, &mut tx, &caller.actor, caller.user_id, "totp_added").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the authenticator app and the backup codes.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`] without one.
pub async fn remove_totp(app: &App, caller: &Caller) -> Result<(), AppError> {
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    if !factor::remove_totp(tx.conn()?, caller.user_id).await? {
        return Err(AppError::NotFound);
    }
    changed(app, &mut tx, &caller.actor, caller.user_id, "totp_removed").await?;
    tx.commit().await
}

/// New backup codes; the old ones are worth nothing any more.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`] without an authenticator app.
pub async fn renew_backup_codes(app: &App, caller: &Caller) -> Result<Vec<String>, AppError> {
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let totp = factor::totp(tx.conn()?, caller.user_id).await?;
    if totp.is_none_or(|totp| totp.confirmed_at.is_none()) {
        return Err(AppError::NotFound);
    }
    let codes = new_codes(app, &mut tx, caller.user_id).await?;
    changed(app, &mut tx, &caller.actor, caller.user_id, "backup_codes").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Whether the code is right and was not used before; it is used then. An app that was never confirmed proves nothing: whoever had
/// the session for a moment may have set it up.
async fn take(
    app: &App,
    tx: &mut Tx,
    user: Uuid,
    (method, code): (Method, &str),
    text: Option<Uuid>,
) -> Result<bool, AppError> {
    match method {
        Method::Sms => match text {
            Some(id) => Ok(sms::code::spend(tx.conn()?, id, app.now()).await?),
            None => Ok(false),
        },
        Method::Totp => {
            let confirmed = factor::totp(tx.conn()?, user)
                .await?
                .filter(|totp| totp.confirmed_at.is_some());
            match confirmed {
                Some(totp) => take_totp(app, tx, user, &totp, code).await,
                None => Ok(false),
            }
        }
        Method::BackupCode => Ok(factor::use_backup_code(tx.conn()?, user, &code_hash(user, code), app.now()).await?),
        Method::Password => Ok(false),
    }
}

/// The id of the code by text message, when that is how he proves himself and it is right. Its tries are counted in a transaction of
/// their own, before it is looked at.
async fn looked_at(
    app: &App,
    user: Uuid,
    (method, code): (Method, &str),
    place: Place,
) -> Result<Option<Uuid>, AppError> {
    if method != Method::Sms {
        return Ok(None);
    }
    Ok(text_codes::look(app, user, place, code).await?.map(|(id, _)| id))
}

async fn take_totp(app: &App, tx: &mut Tx, user: Uuid, totp: &factor::Totp, code: &str) -> Result<bool, AppError> {
    let now = app.now();
    let secret = app.keys.open(&context(user), &totp.secret)?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let Some(step) = app_of(&secret, "account")?.check(&digits, seconds) else {
        return Ok(false);
    };
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Ok(factor::accept_step(tx.conn()?, user, step, now).await?)
}

impl Accounts {
    /// Meets the challenge of a login with a second factor: only now a session begins.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_code`, or `challenge_over` when one must sign in anew; [`AppError::TooMany`].
    pub async fn meet(
        &self,
        app: &App,
        token: &str,
        (method, code): (Method, &str),
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let now = app.now();
        let challenge = factor::try_challenge(&mut *app.conn().await?, &hash(token), TRIES, now).await?;
        let challenge = challenge.ok_or_else(challenge_over)?;
        let (user, device) = {
            let mut conn = app.conn().await?;
            let user = user::by_id(&mut conn, challenge.user_id).await?;
            let device = match origin.device_hash() {
                Some(hash) => device::known(&mut conn, &user.email, &hash).await?,
                None => None,
            };
            (user, device)
        };
        let counters = throttle::of_factor(user.id, origin, device);
        throttle::count(app, &counters).await?;
        let text = looked_at(app, user.id, (method, code), Place::Login(challenge.id)).await?;
        let mut tx = app.begin().await?;
        // The code is spent together with the challenge, or neither is.
        let good = take(app, &mut tx, user.id, (method, code), text).await?
            && factor::meet_challenge(tx.conn()?, challenge.id, now).await?;
        if !good {
            drop(tx);
            return Err(self.failed(app, &user, method, challenge.attempts, origin).await?);
        }
        if method == Method::BackupCode {
            changed(app, &mut tx, &origin.actor(&user), user.id, "backup_code_used").await?;
        }
        tx.commit().await?;
        let mut amr = challenge.amr;
        amr.push(method.amr().to_owned());
        let proof = Proof {
            amr,
            method: method.as_str(),
            counters,
            ..Proof::default()
        };
        self.begin(app, user, proof, origin).await
    }

    async fn failed(
        &self,
        app: &App,
        user: &User,
        method: Method,
        attempts: i32,
        origin: &Origin,
    ) -> Result<AppError, AppError> {
        sign_in::refused(
            app,
            &user.email,
            Some(user),
            (method.as_str(), "wrong_code"),
            false,
            origin,
        )
        .await?;
        if attempts >= TRIES {
            // Somebody knows the password.
            let mut tx = app.begin().await?;
            let mail = SendAccountMail::notice(user.id, AccountNotice::FactorFailed)
                .with("ip", origin.ip.as_deref().unwrap_or_default());
            tx.enqueue(&[NewJob::of(&mail)]).await?;
            tx.commit().await?;
        }
        Ok(wrong_code())
    }

    /// Has the caller prove anew who he is: by a second factor when he has one, else by his password.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_code` or `wrong_password`; [`AppError::TooMany`].
    pub async fn step_up(
        &self,
        app: &App,
        caller: &Caller,
        session: Uuid,
        (method, code): (Method, String),
        origin: &Origin,
    ) -> Result<(), AppError> {
        if method == Method::Password {
            if !of(app, caller.user_id).await?.methods().is_empty() {
                return Err(AppError::invalid(
                    "/method",
                    "second_factor_needed",
                    "Use your second factor.",
                ));
            }
            self.prove_password(app, caller, code.clone(), "/code", origin).await?;
        }
        let counters = throttle::of_factor(caller.user_id, origin, None);
        throttle::count(app, &counters).await?;
        let proof = (method, code.as_str());
        let text = looked_at(app, caller.user_id, proof, Place::StepUp(session)).await?;
        let mut tx = app.begin().await?;
        if method != Method::Password && !take(app, &mut tx, caller.user_id, proof, text).await? {
            return Err(wrong_code());
        }
        factor::proven(tx.conn()?, session, method.amr(), app.now()).await?;
        store::login::forgive(tx.conn()?, &counters).await?;
        let entry = audit::Entry {
            action: "session.stepped_up",
            subject_type: "session",
            subject_id: Some(session),
            data: serde_json::json!({ "method": method.as_str() }),
        };
        audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
        tx.commit().await
    }
}
