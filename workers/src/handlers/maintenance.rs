//! Housekeeping.

use jobs::{CleanUp, ExpireInvitations, ExpireKyc, LinkAudit, Noop, Outcome, RotateSigningKeys, VerifyAudit};

use super::Surroundings;
use crate::JobContext;

/// Does nothing.
pub async fn noop(_: JobContext, _: Noop) -> Outcome {
    Outcome::Done
}

/// Ends what its worker left behind, and deletes what is past its time.
pub async fn clean_up(with: &Surroundings, _: JobContext, _: CleanUp) -> Outcome {
    let done = async {
        app::abandoned::give_up(&with.app).await?;
        app::retention::clean_up(&with.app).await
    };
    match done.await {
        Ok(()) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}

/// Links new lines of the audit trail.
pub async fn link_audit(with: &Surroundings, _: JobContext, _: LinkAudit) -> Outcome {
    match app::audit::link(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}

/// Looks whether the audit trail is whole. What is wrong with it stays wrong, so trying again would change nothing.
pub async fn verify_audit(with: &Surroundings, _: JobContext, _: VerifyAudit) -> Outcome {
    match app::audit::watch(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}

/// Marks invitations whose time is over.
pub async fn expire_invitations(with: &Surroundings, _: JobContext, _: ExpireInvitations) -> Outcome {
    match app::customer::invitations::expire(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}

/// Ends verifications of identity whose time is over, and warns of those that end soon.
pub async fn expire_kyc(with: &Surroundings, _: JobContext, _: ExpireKyc) -> Outcome {
    let done = async {
        app::kyc::expire(&with.app).await?;
        app::kyc::warn(&with.app).await
    };
    match done.await {
        Ok(_) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}

/// Rotates the keys that sign access tokens.
pub async fn rotate_signing_keys(with: &Surroundings, _: JobContext, _: RotateSigningKeys) -> Outcome {
    match app::signing_key::keep(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}
