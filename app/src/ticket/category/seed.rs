//! The categories that are there from the first launch.

use chrono::{DateTime, Utc};
use store::{
    PgConn,
    ticket::category::{self, Words},
};
use uuid::Uuid;

use super::settings::{Draft, written};
use crate::AppError;

/// One of them: key, the one above it, names and descriptions in French, English and Arabic.
struct Seed {
    key: &'static str,
    parent: Option<&'static str>,
    names: [&'static str; 3],
    descriptions: [&'static str; 3],
}

const SEEDS: &[Seed] = &[
    Seed {
        key: "general",
        parent: None,
        names: ["Demande générale", "General request", "طلب عام"],
        descriptions: [
            "Tout ce qui n’entre dans aucune autre catégorie.",
            "Whatever fits no other category.",
            "كل ما لا يندرج ضمن فئة أخرى.",
        ],
    },
    Seed {
        key: "technical",
        parent: None,
        names: ["Problème technique", "Technical problem", "مشكلة تقنية"],
        descriptions: [
            "Un service ne fonctionne pas comme prévu.",
            "A service does not work as it should.",
            "خدمة لا تعمل كما ينبغي.",
        ],
    },
    Seed {
        key: "technical.server",
        parent: Some("technical"),
        names: ["Serveur", "Server", "الخادم"],
        descriptions: ["", "", ""],
    },
    Seed {
        key: "technical.mail",
        parent: Some("technical"),
        names: ["Messagerie", "Mail", "البريد الإلكتروني"],
        descriptions: ["", "", ""],
    },
    Seed {
        key: "technical.domain",
        parent: Some("technical"),
        names: ["Nom de domaine et DNS", "Domain name and DNS", "اسم النطاق و DNS"],
        descriptions: ["", "", ""],
    },
    Seed {
        key: "billing",
        parent: None,
        names: ["Facturation", "Billing", "الفوترة"],
        descriptions: [
            "Factures, paiements et contrats.",
            "Invoices, payments and contracts.",
            "الفواتير والمدفوعات والعقود.",
        ],
    },
];

/// The first categories; what people made of them stays. The first one is the default until people say otherwise.
pub(crate) async fn seed(conn: &mut PgConn, at: DateTime<Utc>) -> Result<(), AppError> {
    category::lock(conn).await?;
    if !category::all(conn).await?.is_empty() {
        return Ok(());
    }
    let mut made: Vec<(&str, Uuid)> = Vec::new();
    for seed in SEEDS {
        let parent = made
            .iter()
            .find(|(key, _)| Some(*key) == seed.parent)
            .map(|(_, id)| *id);
        let [name_fr, name_en, name_ar] = seed.names.map(str::to_owned);
        let [description_fr, description_en, description_ar] = seed.descriptions.map(str::to_owned);
        let words = Words {
            name_fr,
            name_en,
            name_ar,
            description_fr,
            description_en,
            description_ar,
        };
        let draft = Draft {
            words,
            active: true,
            is_default: made.is_empty(),
            group_id: None,
            priority: None,
            skills: Vec::new(),
        };
        let category = written(Uuid::now_v7(), parent, 1, draft);
        category::insert(conn, &category, Some(seed.key), None, at).await?;
        made.push((seed.key, category.id));
    }
    Ok(())
}
