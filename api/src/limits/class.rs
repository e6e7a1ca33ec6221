//! Which requests are counted together, and how many of them are allowed.

use axum::http::Method;

/// Routes that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Proofs of identity, requests for mailed links and what those open.
    SignIn,
    /// Continuing and ending a session.
    Refresh,
    /// Everything that only reads.
    Reads,
    /// Everything that changes something.
    Writes,
    /// Files made of whole tables.
    Exports,
    /// Files that arrive.
    Uploads,
    /// Live streams that are opened.
    Streams,
    /// Mails that a provider hands over.
    InboundMail,
    /// What readers of the knowledge base say of it, signed in or not.
    Feedback,
}

/// Each class, its name, and how many requests of one caller in a minute are usual. A whole company, or a street behind the
/// address of its provider, may sign in from one address; wrong tries are counted elsewhere.
const CLASSES: [(Class, &str, u32); 9] = [
    (Class::SignIn, "sign-in", 300),
    (Class::Refresh, "refresh", 600),
    (Class::Reads, "reads", 1200),
    (Class::Writes, "writes", 600),
    (Class::Exports, "exports", 20),
    (Class::Uploads, "uploads", 120),
    (Class::Streams, "streams", 60),
    (Class::InboundMail, "inbound-mail", 6000),
    (Class::Feedback, "feedback", 30),
];

/// Routes whose class their method does not tell; `*` at the end stands for the rest of the path.
const ROUTES: &[(Option<&Method>, &str, Option<Class>)] = &[
    (None, "/healthz", None),
    (None, "/readyz", None),
    (None, "/metrics", None),
    (None, "/api/v1/auth/refresh", Some(Class::Refresh)),
    (None, "/api/v1/auth/logout", Some(Class::Refresh)),
    (None, "/api/v1/auth/*", Some(Class::SignIn)),
    (Some(&Method::POST), "/api/v1/me/password", Some(Class::SignIn)),
    (Some(&Method::POST), "/api/v1/me/email", Some(Class::SignIn)),
    (Some(&Method::POST), "/api/v1/me/factors/*", Some(Class::SignIn)),
    (None, "/api/v1/survey", Some(Class::SignIn)),
    (None, "/api/v1/survey/answer", Some(Class::SignIn)),
    (None, "/api/v1/audit/export", Some(Class::Exports)),
    (None, "/api/v1/customers/export", Some(Class::Exports)),
    (None, "/api/v1/tickets/export", Some(Class::Exports)),
    (None, "/api/v1/sms/statement/export", Some(Class::Exports)),
    (Some(&Method::POST), "/api/v1/tickets/{id}/prints", Some(Class::Exports)),
    (
        Some(&Method::POST),
        "/api/v1/ticket-exports/{id}/runs",
        Some(Class::Exports),
    ),
    (None, "/api/v1/ticket-export-runs/{id}/file", Some(Class::Exports)),
    (None, "/api/v1/customers/imports/{id}/rows/export", Some(Class::Exports)),
    (Some(&Method::POST), "/api/v1/customers/imports", Some(Class::Uploads)),
    (Some(&Method::POST), "/api/v1/uploads", Some(Class::Uploads)),
    (
        Some(&Method::POST),
        "/api/v1/knowledge/articles/{id}/images",
        Some(Class::Uploads),
    ),
    (
        Some(&Method::PUT),
        "/api/v1/help/articles/{slug}/*",
        Some(Class::Feedback),
    ),
    (
        Some(&Method::POST),
        "/api/v1/customers/{id}/documents",
        Some(Class::Uploads),
    ),
    (
        Some(&Method::POST),
        "/api/v1/customers/{id}/kyc/documents",
        Some(Class::Uploads),
    ),
    (None, "/api/v1/events/stream", Some(Class::Streams)),
    (None, "/api/v1/mail/inbound", Some(Class::InboundMail)),
    (None, "/api/v1/mail/reports/*", Some(Class::InboundMail)),
];

impl Class {
    /// The class of a route; `None` for what is not counted.
    #[must_use]
    pub fn of(method: &Method, route: &str) -> Option<Self> {
        let fits = |(of, path, _): &&(Option<&Method>, &str, Option<Self>)| {
            of.is_none_or(|of| of == method)
                && path
                    .strip_suffix('*')
                    .map_or(*path == route, |start| route.starts_with(start))
        };
        if let Some((_, _, class)) = ROUTES.iter().find(fits) {
            return *class;
        }
        match *method {
            Method::GET | Method::HEAD => Some(Self::Reads),
            Method::OPTIONS => None,
            _ => Some(Self::Writes),
        }
    }

    /// Its name, in headers and settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        CLASSES[self as usize].1
    }
}

/// A change of the usual rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// No limits at all.
    Off,
    /// So many requests of a class in a minute.
    Rate(Class, u32),
}

/// Understands `off`, and a class with its rate such as `reads=3000`.
#[must_use]
pub fn setting(text: &str) -> Option<Setting> {
    if text == "off" {
        return Some(Setting::Off);
    }
    let (name, rate) = text.split_once('=')?;
    let (class, ..) = CLASSES.iter().find(|(_, known, _)| *known == name.trim())?;
    let rate = rate.trim().parse().ok().filter(|rate| *rate > 0)?;
    Some(Setting::Rate(*class, rate))
}

/// Requests in a minute, for each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates(Option<[u32; CLASSES.len()]>);

impl Default for Rates {
    fn default() -> Self {
        Self(Some(CLASSES.map(|(_, _, rate)| rate)))
    }
}

impl Rates {
    /// No limits: for load tests.
    #[must_use]
    pub const fn off() -> Self {
        Self(None)
    }

    /// With these changes.
    #[must_use]
    pub fn with(mut self, settings: impl IntoIterator<Item = Setting>) -> Self {
        for setting in settings {
            match (setting, &mut self.0) {
                (Setting::Off, rates) => *rates = None,
                (Setting::Rate(class, rate), Some(rates)) => rates[class as usize] = rate,
                (Setting::Rate(..), None) => {}
            }
        }
        self
    }

    /// The rate of a class.
    #[must_use]
    pub const fn of(&self, class: Class) -> Option<u32> {
        match &self.0 {
            Some(rates) => Some(rates[class as usize]),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_route_exists() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        for (_, path, _) in ROUTES {
            let start = path.strip_suffix('*');
            let known = paths
                .iter()
                .any(|known| start.map_or(known == path, |start| known.starts_with(start)));
            assert!(known, "{path}");
        }
        for path in paths.iter().filter(|path| path.ends_with("/export")) {
            assert_eq!(Class::of(&Method::GET, path), Some(Class::Exports), "{path}");
        }
    }

    #[test]
    fn classes_follow_from_method_and_route() {
        let cases = [
            ("POST", "/api/v1/auth/login", Some(Class::SignIn)),
            ("POST", "/api/v1/auth/password-reset/confirm", Some(Class::SignIn)),
            ("POST", "/api/v1/auth/refresh", Some(Class::Refresh)),
            ("GET", "/api/v1/me/factors", Some(Class::Reads)),
            ("POST", "/api/v1/me/factors/totp", Some(Class::SignIn)),
            ("POST", "/api/v1/tickets", Some(Class::Writes)),
            ("DELETE", "/api/v1/roles/{id}", Some(Class::Writes)),
            ("GET", "/.well-known/jwks.json", Some(Class::Reads)),
            ("GET", "/healthz", None),
            ("OPTIONS", "/api/v1/tickets", None),
        ];
        for (method, route, class) in cases {
            assert_eq!(Class::of(&method.parse().unwrap(), route), class, "{method} {route}");
        }
        for (n, (class, name, _)) in CLASSES.iter().enumerate() {
            assert_eq!((*class as usize, class.name()), (n, *name));
        }
    }

    #[test]
    fn settings_change_single_rates_or_lift_all() {
        assert_eq!(setting("reads=3000"), Some(Setting::Rate(Class::Reads, 3000)));
        for wrong in ["reads", "reads=0", "reads=-1", "reading=5", "on", ""] {
            assert_eq!(setting(wrong), None, "{wrong}");
        }
        let rates = Rates::default().with(setting("reads=3000"));
        assert_eq!(
            (rates.of(Class::Reads), rates.of(Class::Exports)),
            (Some(3000), Some(20))
        );
        assert_eq!(rates.with(setting("off")), Rates::off());
    }
}
