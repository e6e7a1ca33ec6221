//! What text messages may cost: their prices, and the cap of a month.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    audit::changes,
    permission::Permission,
    sms::cost::{self, CAP_MAX, LABEL_MAX, Level, PRICE_MAX, Verdict},
};
use serde_json::json;
use store::{
    alert::NewAlert,
    audit,
    sms::{
        price::{self, Line, NewPrice},
        spending::{self, Budget, Month},
    },
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx, account::alerts};

/// Months that a standing sums up.
const MONTHS: i64 = 24;

/// What a text is going to cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Segments, as counted.
    pub(super) segments: i32,
    /// Price in force: its id, and millionths for each segment.
    pub(super) price: Option<(Uuid, i64)>,
}

impl Cost {
    /// Of a text of so many segments to this number.
    pub(super) async fn of(tx: &mut Tx, phone: &str, segments: usize, now: DateTime<Utc>) -> Result<Self, AppError> {
        let digits = phone.trim_start_matches('+');
        let prices = price::candidates(tx.conn()?, digits, now).await?;
        Ok(Self {
            segments: i32::try_from(segments).unwrap_or(i32::MAX),
            price: cost::in_force(&prices, digits, now).map(|(price, micros)| (price.id, micros)),
        })
    }

    fn micros(self) -> Option<i64> {
        self.price.map(|(_, each)| each.saturating_mul(self.segments.into()))
    }
}

/// Whether there is room in this month for a text. Until the transaction ends no other text is added to the month, so that two of them cannot
/// take the same room. Those in charge are told, once in a month and for each cap, that it is nearly full, and that it is.
pub(super) async fn room(
    app: &App,
    tx: &mut Tx,
    purpose: &str,
    cost: Cost,
    now: DateTime<Utc>,
) -> Result<Verdict, AppError> {
    let month = cost::month_of(now);
    let spent = spending::hold(tx.conn()?, month).await?;
    // Read afterwards: whoever waited sees a cap that was changed meanwhile.
    let budget = spending::budget(tx.conn()?).await?;
    let verdict = cost::verdict(purpose, cost.micros(), spent, budget.cap_micros);
    let after = match verdict {
        Verdict::Go => spent.saturating_add(cost.micros().unwrap_or_default()),
        Verdict::OverCap | Verdict::NoPrice => spent,
    };
    let level = match verdict {
        Verdict::OverCap => Some(Level::Reached),
        Verdict::Go | Verdict::NoPrice => cost::level(after, budget.cap_micros),
    };
    if let Some(level) = level {
        warn(app, tx, &budget, month, (level, after)).await?;
    }
    Ok(verdict)
}

async fn warn(
    app: &App,
    tx: &mut Tx,
    budget: &Budget,
    month: NaiveDate,
    (level, spent): (Level, i64),
) -> Result<(), AppError> {
    let (kind, severity) = match level {
        Level::Near => ("sms_cap_near", "warning"),
        Level::Reached => ("sms_cap_reached", "critical"),
    };
    let alert = NewAlert {
        kind,
        severity,
        user_id: None,
        ip: None,
        data: json!({ "month": month, "spent_micros": spent, "cap_micros": budget.cap_micros, "currency": budget.currency }),
        once_key: Some(format!("{kind}:{}:{}", month.format("%Y-%m"), budget.version)),
    };
    alerts::raise(tx, alert, app.now()).await
}

/// How this month stands, and those before.
#[derive(Debug)]
pub struct Standing {
    /// Currency and cap.
    pub budget: Budget,
    /// First day of this month (UTC).
    pub month: NaiveDate,
    /// What it came to so far, in millionths.
    pub spent: i64,
    /// Country codes that are served and have no price: while there is a cap, nothing but codes goes there.
    pub unpriced: Vec<String>,
    /// The latest months that came to anything.
    pub months: Vec<Month>,
}

/// How this month stands.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn standing(app: &App, caller: &Caller) -> Result<Standing, AppError> {
    caller.need(Permission::SecurityView)?;
    let mut conn = app.conn().await?;
    let month = cost::month_of(app.now());
    Ok(Standing {
        budget: spending::budget(&mut conn).await?,
        month,
        spent: spending::so_far(&mut conn, month).await?,
        unpriced: price::missing(&mut conn, &app.sms.prefixes, app.now()).await?,
        months: spending::months(&mut conn, MONTHS).await?,
    })
}

/// Sets the currency of prices and the cap of a month.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`]; [`AppError::Refused`] `sms_currency_fixed` when there are prices in another currency.
pub async fn change_budget(
    app: &App,
    caller: &Caller,
    version: i32,
    currency: &str,
    cap_micros: Option<i64>,
) -> Result<(), AppError> {
    caller.need(Permission::TextsManage)?;
    let mut errors = Vec::new();
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        errors.push(FieldError::new(
            "/currency",
            "invalid_currency",
            "Give the code of a currency, such as USD.",
        ));
    }
    if cap_micros.is_some_and(|cap| !(0..=CAP_MAX).contains(&cap)) {
        errors.push(FieldError::new("/cap_micros", "invalid_amount", "This is no amount."));
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let mut tx = app.begin().await?;
    let before = spending::lock_budget(tx.conn()?).await?;
    if before.currency != currency && price::any(tx.conn()?).await? {
        return Err(AppError::refused(
            "sms_currency_fixed",
            "There are prices already, and what they were charged at; their currency stays.",
        ));
    }
    let after = Budget {
        currency: currency.to_owned(),
        cap_micros,
        version,
    };
    spending::change_budget(tx.conn()?, &after, caller.user_id, app.now()).await?;
    let shown = |budget: &Budget| json!({ "currency": budget.currency, "cap_micros": budget.cap_micros });
    let entry = audit::Entry {
        action: "sms_budget.change",
        subject_type: "sms_budget",
        subject_id: None,
        data: changes(&shown(&before), &shown(&after)),
    };
    let news = ("sms_budget.changed", Permission::SecurityView);
    tx.record(&caller.actor, app.now(), entry, news).await?;
    tx.commit().await
}

/// A price to set.
#[derive(Debug)]
pub struct Draft<'a> {
    /// First digits.
    pub prefix: &'a str,
    /// What they are.
    pub label: &'a str,
    /// For each segment, in millionths; none ends the price of these digits.
    pub micros: Option<i64>,
    /// From when on; from now on without one.
    pub valid_from: Option<DateTime<Utc>>,
}

impl Draft<'_> {
    fn checked(&self, now: DateTime<Utc>) -> Result<(&str, &str), AppError> {
        let mut errors = Vec::new();
        let mut wrong = |pointer, code, detail| errors.push(FieldError::new(pointer, code, detail));
        let label = self.label.trim();
        let prefix = cost::prefix(self.prefix);
        if prefix.is_none() {
            wrong(
                "/prefix",
                "invalid_prefix",
                "Give the first digits of numbers, such as 213 or 2136.",
            );
        }
        if label.is_empty() || label.chars().count() > LABEL_MAX || label.chars().any(char::is_control) {
            wrong("/label", "invalid_name", "A name has 1 to 60 characters on one line.");
        }
        if self.micros.is_some_and(|micros| !(0..=PRICE_MAX).contains(&micros)) {
            wrong("/micros", "invalid_amount", "This is no price of a segment.");
        }
        if self.valid_from.is_some_and(|from| from < now) {
            wrong(
                "/valid_from",
                "in_the_past",
                "What was sent has its price. Give a moment to come.",
            );
        }
        match prefix {
            Some(prefix) if errors.is_empty() => Ok((prefix, label)),
            _ => Err(AppError::Invalid(errors)),
        }
    }
}

/// Sets a price from now on, or from a moment to come.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] `sms_price_exists` when one begins at that moment; [`AppError::Refused`] `sms_price_none` when
/// what is to end has not begun.
pub async fn set_price(app: &App, caller: &Caller, draft: &Draft<'_>) -> Result<Line, AppError> {
    caller.need(Permission::TextsManage)?;
    let now = app.now();
    let (prefix, label) = draft.checked(now)?;
    let valid_from = draft.valid_from.unwrap_or(now);
    let mut tx = app.begin().await?;
    // The currency stays what it is meanwhile.
    spending::lock_budget(tx.conn()?).await?;
    if draft.micros.is_none() {
        let before = price::candidates(tx.conn()?, prefix, valid_from).await?;
        let own = before.iter().find(|price| price.prefix == prefix);
        if own.is_none_or(|price| price.micros.is_none()) {
            return Err(AppError::refused(
                "sms_price_none",
                "These digits have no price of their own that could end.",
            ));
        }
    }
    let new = NewPrice {
        id: Uuid::now_v7(),
        prefix,
        label,
        micros: draft.micros,
        valid_from,
        by: caller.user_id,
    };
    if !price::insert(tx.conn()?, &new, now).await? {
        return Err(AppError::Conflict {
            code: "sms_price_exists".to_owned(),
            detail: "A price for these digits begins at this very moment.".to_owned(),
        });
    }
    let data = json!({ "prefix": prefix, "label": label, "micros": draft.micros, "valid_from": valid_from });
    log(app, &mut tx, caller, "sms_price.set", new.id, data).await?;
    let line = price::find(tx.conn()?, new.id).await?;
    tx.commit().await?;
    Ok(line)
}

/// Takes back a price whose time has not come.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Refused`] `sms_price_begun`.
pub async fn withdraw_price(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::TextsManage)?;
    let mut tx = app.begin().await?;
    let gone = price::find(tx.conn()?, id).await?;
    if !price::withdraw(tx.conn()?, id, app.now()).await? {
        return Err(AppError::refused(
            "sms_price_begun",
            "This price holds already. Set the next one instead.",
        ));
    }
    let data =
        json!({ "prefix": gone.prefix, "label": gone.label, "micros": gone.micros, "valid_from": gone.valid_from });
    log(app, &mut tx, caller, "sms_price.withdraw", id, data).await?;
    tx.commit().await
}

async fn log(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    id: Uuid,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "sms_price",
        subject_id: Some(id),
        data,
    };
    let news = ("sms_price.changed", Permission::SecurityView);
    tx.record(&caller.actor, app.now(), entry, news).await
}
