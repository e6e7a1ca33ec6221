//! Simulated phones: without a provider of one's own, texts of the demonstration are shown on a page of this machine.

use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use simulators::sms::{Account, Provider, SmsSimulator};

/// Sender of the demonstration, a number that providers reserve for tests.
const SENDER: &str = "+15005550006";

/// Starts the simulator and has the product use it, unless a provider is given or nothing is to be demonstrated.
pub async fn start(no_demo: bool, environment: &mut Vec<(String, String)>) -> Result<Option<SmsSimulator>> {
    let given = std::env::var("CM_SMS_PROVIDER").is_ok_and(|provider| !provider.is_empty());
    if no_demo || given {
        return Ok(None);
    }
    let mut secret = [0; 16];
    app::seal::random(&mut secret)?;
    let account = Account {
        id: format!("AC{}", HEXLOWER.encode(&[0; 16])),
        secret: HEXLOWER.encode(&secret),
    };
    let phones = SmsSimulator::start(Provider::Twilio, (Ipv4Addr::LOCALHOST, 0).into(), account.clone())
        .await
        .context("simulated phones")?;
    let set = [
        ("CM_SMS_PROVIDER", "twilio".to_owned()),
        ("CM_SMS_ACCOUNT", account.id),
        ("CM_SMS_SECRET", account.secret),
        ("CM_SMS_SENDER", SENDER.to_owned()),
        ("CM_SMS_BASE_URL", phones.url()),
    ];
    environment.extend(set.map(|(name, value)| (name.to_owned(), value)));
    Ok(Some(phones))
}
