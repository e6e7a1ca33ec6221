//! The way out for text messages, as the settings say.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use app::{ports::SmsReports, sms::SmsSetUp};
use domain::sms::Report;
use integrations::sms::{Delivery, Infobip, InfobipConfig, SmsGateway, Twilio, TwilioConfig};

use crate::{
    config::{
        Config,
        sms::{SmsProvider, is_local},
    },
    wiring,
};

/// The provider, when there is one.
///
/// # Errors
/// When no client can be made.
pub fn gateway(config: &Config) -> Result<Option<Arc<dyn SmsGateway>>> {
    let Some(account) = &config.sms.account else {
        return Ok(None);
    };
    // A provider in the world refuses an address that only this machine knows.
    let reachable = !is_local(&config.public_url) || is_local(&account.base_url);
    let reports = |name: &str| reachable.then(|| format!("{}/api/v1/sms/reports/{name}", config.public_url));
    let (base_url, sender) = (account.base_url.clone(), account.sender.clone());
    let gateway: Arc<dyn SmsGateway> = match &account.provider {
        SmsProvider::Twilio(secret) => {
            let (account, token) = secret.expose().clone();
            let config = TwilioConfig {
                base_url,
                account,
                token,
                sender,
                reports_url: reports("twilio"),
                timeout: None,
            };
            Arc::new(Twilio::new(config).map_err(|error| anyhow!("CM_SMS_PROVIDER: {error}"))?)
        }
        SmsProvider::Infobip(key) => {
            let mut reports_keys = wiring::keys(config).derive_all("sms-reports")?;
            let config = InfobipConfig {
                base_url,
                key: key.expose().clone(),
                sender,
                reports_url: reports("infobip"),
                reports_key: reports_keys.remove(0),
                former_reports_keys: reports_keys,
                timeout: None,
            };
            Arc::new(Infobip::new(config).map_err(|error| anyhow!("CM_SMS_PROVIDER: {error}"))?)
        }
    };
    Ok(Some(gateway))
}

/// What use cases know about it.
///
/// # Errors
/// As [`gateway`].
pub fn set_up(config: &Config) -> Result<SmsSetUp> {
    let gateway = gateway(config)?;
    let sms = &config.sms;
    Ok(SmsSetUp {
        provider: gateway.as_ref().map(|gateway| gateway.name()),
        prefixes: sms.prefixes.clone(),
        hourly: sms.hourly,
        strong_roles: sms.strong_roles.clone(),
        reports: gateway.map(|gateway| Arc::new(Reports(gateway)) as Arc<dyn SmsReports>),
    })
}

/// Reports, understood by the provider they come from.
#[derive(Debug)]
struct Reports(Arc<dyn SmsGateway>);

impl SmsReports for Reports {
    fn provider(&self) -> &'static str {
        self.0.name()
    }

    fn read(&self, query: &str, signature: Option<&str>, body: &[u8]) -> Option<Vec<Report>> {
        let delivery = Delivery { query, signature, body };
        self.0.reports(delivery).ok()
    }
}
