//! The networks from which staff may work, remembered for [`FRESH`].

use std::{net::IpAddr, sync::Arc, time::Instant};

use app::{App, AppError};
use domain::{
    network::{Rule, Surface, closed, surfaces},
    permission::Permission,
};
use tokio::sync::Mutex;

use super::sessions::FRESH;

/// The remembered list.
#[derive(Debug, Default)]
pub struct Networks {
    known: Mutex<Option<(Instant, Arc<[Rule]>)>>,
}

impl Networks {
    /// The surface that somebody with these permissions works on and that does not answer `caller`.
    ///
    /// # Errors
    /// When the list cannot be read: then nobody is let in by mistake.
    pub async fn closed_to(
        &self,
        app: &App,
        permissions: &[Permission],
        caller: Option<IpAddr>,
    ) -> Result<Option<Surface>, AppError> {
        let surfaces = surfaces(permissions);
        if surfaces.is_empty() {
            return Ok(None);
        }
        Ok(closed(&self.rules(app).await?, &surfaces, caller))
    }

    /// Reads the list anew at the next request.
    pub async fn forget(&self) {
        *self.known.lock().await = None;
    }

    async fn rules(&self, app: &App) -> Result<Arc<[Rule]>, AppError> {
        // The lock lets one of many parallel requests ask the database for all.
        let mut known = self.known.lock().await;
        if let Some((at, rules)) = known.as_ref()
            && at.elapsed() < FRESH
        {
            return Ok(rules.clone());
        }
        let asked = Instant::now();
        let rules: Arc<[Rule]> = app::network::rules(app).await?.into();
        *known = Some((asked, rules.clone()));
        Ok(rules)
    }
}
