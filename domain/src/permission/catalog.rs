//! Every permission with its category and its description in the languages of the product. What is `planned` belongs to a part
//! that does not exist yet: no editor offers it, and it keeps its name for the day on which the part comes.

use super::{Texts, permissions};

permissions! {
    Customers "customers" ["Customers", "Clients", "العملاء"] {
        CustomersView "customers.view" ["See customers", "Voir les clients", "عرض العملاء"],
        CustomersCreate "customers.create" ["Create customers", "Créer des clients", "إنشاء عملاء"],
        CustomersEdit "customers.edit" ["Change customers and their status", "Modifier les clients et leur statut", "تعديل العملاء وحالاتهم"],
        CustomersDelete "customers.delete" ["Delete customers", "Supprimer des clients", "حذف العملاء"] dangerous,
        CustomersRestore "customers.restore" ["Restore deleted customers", "Restaurer des clients supprimés", "استعادة العملاء المحذوفين"],
        CustomersImport "customers.import" ["Import customers from a file", "Importer des clients depuis un fichier", "استيراد العملاء من ملف"],
        CustomersExport "customers.export" ["Export customers to a file", "Exporter les clients vers un fichier", "تصدير العملاء إلى ملف"] dangerous,
        NotesView "notes.view" ["Read internal notes on customers", "Lire les notes internes sur les clients", "قراءة الملاحظات الداخلية حول العملاء"],
        NotesEdit "notes.edit" ["Write and delete internal notes on customers", "Écrire et supprimer des notes internes sur les clients", "كتابة وحذف الملاحظات الداخلية حول العملاء"],
        DocumentsView "documents.view" ["See customers' documents", "Voir les documents des clients", "عرض مستندات العملاء"],
        DocumentsManage "documents.manage" ["Attach and delete customers' documents", "Joindre et supprimer les documents des clients", "إرفاق وحذف مستندات العملاء"],
        PersonsExport "persons.export" ["Export all that is kept about a person", "Exporter tout ce qui est conservé sur une personne", "تصدير كل ما هو محفوظ عن شخص"] dangerous,
        PersonsErase "persons.erase" ["Pseudonymise a person", "Pseudonymiser une personne", "إخفاء هوية شخص"] dangerous,
    }
    Kyc "kyc" ["Identity checks", "Vérification d’identité", "التحقق من الهوية"] {
        KycView "kyc.view" ["See identity cases and their documents", "Voir les dossiers d’identité et leurs pièces", "عرض ملفات الهوية ووثائقها"],
        KycReview "kyc.review" ["Claim and examine identity cases", "Prendre et examiner les dossiers d’identité", "استلام وفحص ملفات الهوية"],
        KycApprove "kyc.approve" ["Approve, reject or revoke an identity", "Approuver, rejeter ou révoquer une identité", "قبول أو رفض أو إلغاء هوية"] dangerous,
        KycPolicy "kyc.policy" ["Set what is closed without a verified identity, and when it may be renewed", "Définir ce qui reste fermé sans identité vérifiée et quand la renouveler", "تحديد ما يبقى مغلقًا دون هوية متحقق منها ومتى يمكن تجديدها"] dangerous,
    }
    Tickets "tickets" ["Tickets", "Tickets", "التذاكر"] {
        TicketsView "tickets.view" ["See every ticket", "Voir tous les tickets", "عرض كل التذاكر"],
        TicketsCreate "tickets.create" ["Open a ticket on a customer's behalf", "Ouvrir un ticket au nom d’un client", "فتح تذكرة باسم عميل"],
        TicketsReply "tickets.reply" ["Answer customers and write notes", "Répondre aux clients et écrire des notes", "الرد على العملاء وكتابة الملاحظات"],
        TicketsEdit "tickets.edit" ["Change subject, priority and state", "Modifier l’objet, la priorité et l’état", "تعديل الموضوع والأولوية والحالة"],
        TicketsAssign "tickets.assign" ["Assign tickets", "Affecter les tickets", "إسناد التذاكر"],
        TicketsClose "tickets.close" ["Close a ticket without resolving it", "Fermer un ticket sans le résoudre", "إغلاق تذكرة دون حلها"],
        TicketsExport "tickets.export" ["Export tickets to a file and by mail", "Exporter les tickets vers un fichier et par courriel", "تصدير التذاكر إلى ملف وبالبريد"] dangerous,
        TicketsReopen "tickets.reopen" ["Reopen a closed ticket", "Rouvrir un ticket fermé", "إعادة فتح تذكرة مغلقة"],
        CategoriesEdit "categories.edit" ["Change the categories of tickets", "Modifier les catégories de tickets", "تعديل فئات التذاكر"],
        CannedRepliesEdit "canned_replies.edit" ["Manage canned replies", "Gérer les réponses types", "إدارة الردود الجاهزة"],
        KnowledgeEdit "knowledge.edit" ["Write and publish articles of the knowledge base", "Rédiger et publier les articles de la base de connaissances", "كتابة مقالات قاعدة المعرفة ونشرها"],
        TagsEdit "tags.edit" ["Rename, merge and colour tags", "Renommer, fusionner et colorer les étiquettes", "تسمية الوسوم ودمجها وتلوينها"],
        GroupsEdit "groups.edit" ["Change support groups, their members and how tickets are distributed", "Modifier les groupes, leurs membres et la répartition des tickets", "تعديل المجموعات وأعضائها وطريقة توزيع التذاكر"],
        SlaView "sla.view" ["See service level policies and calendars", "Voir les engagements de service et leurs calendriers", "عرض سياسات مستوى الخدمة وتقاويمها"],
        AutomationView "automation.view" ["See automation rules and what they did", "Voir les règles d’automatisation et ce qu’elles ont fait", "عرض قواعد الأتمتة وما قامت به"],
        AutomationEdit "automation.edit" ["Change automation rules", "Modifier les règles d’automatisation", "تعديل قواعد الأتمتة"] dangerous,
        SlaEdit "sla.edit" ["Change service level policies and calendars", "Modifier les engagements de service et leurs calendriers", "تعديل سياسات مستوى الخدمة وتقاويمها"],
    }
    Mail "mail" ["Mail", "Courrier", "البريد"] {
        MailIngest "mail.ingest" ["Hand raw mail to the product", "Remettre du courrier brut à la plateforme", "تسليم البريد الخام إلى المنصة"] dangerous,
        MailView "mail.view" ["See incoming mail with its journey, and what became of outgoing mail", "Voir le courrier entrant et son parcours, et ce qu’est devenu le courrier sortant", "عرض البريد الوارد ومساره ومآل البريد الصادر"],
        MailManage "mail.manage" ["Release, reprocess or drop incoming mail; lift suppressions", "Libérer, retraiter ou écarter le courrier entrant ; lever les suppressions", "تحرير البريد الوارد أو إعادة معالجته أو إسقاطه؛ رفع الحظر"],
        MailboxesView "mailboxes.view" ["See mailboxes", "Voir les boîtes aux lettres", "عرض صناديق البريد"],
        MailboxesEdit "mailboxes.edit" ["Create, change and delete mailboxes", "Créer, modifier et supprimer des boîtes aux lettres", "إنشاء وتعديل وحذف صناديق البريد"],
    }
    Products "products" ["Catalogue", "Catalogue", "الكتالوج"] {
        ProductsView "products.view" ["See the catalogue's back office", "Voir l’administration du catalogue", "عرض إدارة الكتالوج"] planned,
        ProductsCreate "products.create" ["Create products", "Créer des produits", "إنشاء منتجات"] planned,
        ProductsEdit "products.edit" ["Change products and prices", "Modifier les produits et les prix", "تعديل المنتجات والأسعار"] planned,
        ProductsDelete "products.delete" ["Delete products", "Supprimer des produits", "حذف المنتجات"] planned,
    }
    Orders "orders" ["Orders", "Commandes", "الطلبات"] {
        OrdersView "orders.view" ["See every order", "Voir toutes les commandes", "عرض كل الطلبات"] planned,
        OrdersCreate "orders.create" ["Order on a customer's behalf", "Commander au nom d’un client", "إنشاء طلب باسم عميل"] planned,
        OrdersEdit "orders.edit" ["Change orders", "Modifier les commandes", "تعديل الطلبات"] planned,
        OrdersApprove "orders.approve" ["Approve orders", "Approuver les commandes", "الموافقة على الطلبات"] planned,
        OrdersDeliver "orders.deliver" ["Deliver orders", "Livrer les commandes", "تسليم الطلبات"] planned,
    }
    Invoices "invoices" ["Invoices and payments", "Factures et paiements", "الفواتير والمدفوعات"] {
        InvoicesView "invoices.view" ["See every invoice", "Voir toutes les factures", "عرض كل الفواتير"] planned,
        InvoicesCreate "invoices.create" ["Create invoices", "Créer des factures", "إنشاء فواتير"] planned,
        InvoicesEdit "invoices.edit" ["Change draft invoices", "Modifier les factures en brouillon", "تعديل مسودات الفواتير"] planned,
        InvoicesApprove "invoices.approve" ["Approve invoices", "Approuver les factures", "الموافقة على الفواتير"] dangerous planned,
        InvoicesSend "invoices.send" ["Send invoices", "Envoyer les factures", "إرسال الفواتير"] planned,
        PaymentsView "payments.view" ["See payments", "Voir les paiements", "عرض المدفوعات"] planned,
        PaymentsRecord "payments.record" ["Record and allocate payments", "Enregistrer et imputer les paiements", "تسجيل المدفوعات وتخصيصها"] dangerous planned,
    }
    Reports "reports" ["Reports", "Rapports", "التقارير"] {
        ReportsView "reports.view" ["See reports", "Voir les rapports", "عرض التقارير"],
        ReportsExport "reports.export" ["Export reports", "Exporter les rapports", "تصدير التقارير"] planned,
    }
    Projects "projects" ["Projects and servers", "Projets et serveurs", "المشاريع والخوادم"] {
        ProjectsView "projects.view" ["See every project", "Voir tous les projets", "عرض كل المشاريع"],
        ProjectsCreate "projects.create" ["Create projects", "Créer des projets", "إنشاء مشاريع"],
        ProjectsEdit "projects.edit" ["Change projects and assign people", "Modifier les projets et affecter des personnes", "تعديل المشاريع وإسناد الأشخاص"],
        ProjectsDelete "projects.delete" ["Delete projects", "Supprimer des projets", "حذف المشاريع"] dangerous planned,
        ServersView "servers.view" ["See every server", "Voir tous les serveurs", "عرض كل الخوادم"] planned,
        ServersCreate "servers.create" ["Create servers", "Créer des serveurs", "إنشاء خوادم"] planned,
        ServersEdit "servers.edit" ["Start, stop, resize and change servers", "Démarrer, arrêter, redimensionner et modifier les serveurs", "تشغيل الخوادم وإيقافها وتغيير حجمها وتعديلها"] planned,
        ServersDelete "servers.delete" ["Delete servers", "Supprimer des serveurs", "حذف الخوادم"] dangerous planned,
    }
    Users "users" ["Users and roles", "Utilisateurs et rôles", "المستخدمون والأدوار"] {
        UsersView "users.view" ["See users", "Voir les utilisateurs", "عرض المستخدمين"],
        UsersCreate "users.create" ["Create and invite users", "Créer et inviter des utilisateurs", "إنشاء المستخدمين ودعوتهم"] dangerous,
        UsersEdit "users.edit" ["Change users", "Modifier les utilisateurs", "تعديل المستخدمين"] dangerous,
        UsersSuspend "users.suspend" ["Suspend, deactivate and reactivate users", "Suspendre, désactiver et réactiver des utilisateurs", "تعليق المستخدمين وتعطيلهم وإعادة تفعيلهم"] dangerous,
        UsersDelete "users.delete" ["Delete users", "Supprimer des utilisateurs", "حذف المستخدمين"] dangerous,
        UsersAssignRoles "users.assign_roles" ["Give users their roles", "Attribuer les rôles aux utilisateurs", "إسناد الأدوار إلى المستخدمين"] dangerous,
        RolesView "roles.view" ["See roles and what they allow", "Voir les rôles et ce qu’ils permettent", "عرض الأدوار وما تسمح به"],
        RolesEdit "roles.edit" ["Create, change and delete roles", "Créer, modifier et supprimer des rôles", "إنشاء وتعديل وحذف الأدوار"] dangerous,
    }
    Security "security" ["Audit and security", "Audit et sécurité", "التدقيق والأمان"] {
        AuditView "audit.view" ["See the audit trail", "Voir le journal d’audit", "عرض سجل التدقيق"],
        AuditExport "audit.export" ["Export the audit trail", "Exporter le journal d’audit", "تصدير سجل التدقيق"] dangerous,
        SecurityView "security.view" ["See the login journal and security alerts", "Voir le journal des connexions et les alertes de sécurité", "عرض سجل الدخول وتنبيهات الأمان"],
        SecurityManage "security.manage" ["Settle security alerts; reset second factors", "Traiter les alertes de sécurité ; réinitialiser les seconds facteurs", "معالجة تنبيهات الأمان؛ إعادة ضبط العوامل الثانية"] dangerous,
        SessionsManage "sessions.manage" ["See and end other people's sessions", "Voir et fermer les sessions d’autrui", "عرض جلسات الآخرين وإنهاؤها"] dangerous,
        TextsManage "texts.manage" ["Set prices and the monthly cap of text messages", "Fixer les prix et le plafond mensuel des SMS", "تحديد أسعار الرسائل النصية وسقفها الشهري"],
        NetworksEdit "networks.edit" ["Set from which networks staff may work", "Définir les réseaux depuis lesquels le personnel travaille", "تحديد الشبكات التي يعمل منها الموظفون"] dangerous,
    }
    System "system" ["System", "Système", "النظام"] {
        SettingsView "settings.view" ["See single sign-on providers", "Voir les fournisseurs de connexion unique", "عرض مزودي تسجيل الدخول الموحد"],
        SettingsEdit "settings.edit" ["Add, change and delete single sign-on providers", "Ajouter, modifier et supprimer les fournisseurs de connexion unique", "إضافة مزودي تسجيل الدخول الموحد وتعديلهم وحذفهم"] dangerous,
        TemplatesEdit "templates.edit" ["Change what mails and text messages say", "Modifier les textes des courriels et des SMS", "تعديل نصوص رسائل البريد والرسائل القصيرة"] dangerous,
        NotificationsEdit "notifications.edit" ["Set whom events tell, and how", "Définir qui est averti des événements, et comment", "تحديد من تُبلغه الأحداث وكيف"],
        EventsRaise "events.raise" ["Raise events of one’s own, for rules, notifications and webhooks", "Signaler ses propres événements, pour les règles, les notifications et les webhooks", "الإبلاغ عن أحداث خاصة، للقواعد والإشعارات والويب هوك"],
        WebhooksView "webhooks.view" ["See outgoing webhooks and their deliveries", "Voir les webhooks sortants et leurs envois", "عرض الويب هوك الصادرة وعمليات تسليمها"],
        WebhooksEdit "webhooks.edit" ["Create, change and delete outgoing webhooks; send again", "Créer, modifier et supprimer les webhooks sortants ; renvoyer", "إنشاء الويب هوك الصادرة وتعديلها وحذفها؛ إعادة الإرسال"] dangerous,
        JobsView "jobs.view" ["See queues, jobs and schedules", "Voir les files, les tâches et les planifications", "عرض الطوابير والمهام والجداول"],
        JobsManage "jobs.manage" ["Pause queues; retry, cancel and discard jobs; run schedules", "Suspendre les files ; relancer, annuler et écarter des tâches ; lancer les planifications", "إيقاف الطوابير؛ إعادة المهام أو إلغاؤها أو إسقاطها؛ تشغيل الجداول"] dangerous,
        MetricsView "metrics.view" ["See the metrics of the installation", "Voir les métriques de l’installation", "عرض مقاييس المنصة"],
    }
    Own "own" ["One's own account", "Son propre compte", "الحساب الخاص"] {
        ProfileOwn "profile.own" ["See and change one's own profile", "Voir et modifier son propre profil", "عرض الملف الشخصي وتعديله"],
        TokensOwn "tokens.own" ["Make access tokens for oneself", "Créer des jetons d’accès pour soi-même", "إنشاء رموز وصول شخصية"],
        TicketsOwn "tickets.own" ["See one's own tickets and answer them", "Voir ses propres tickets et y répondre", "عرض التذاكر الخاصة والرد عليها"],
        MembersManageOwn "members.manage_own" ["Invite and manage members of one's own organisation", "Inviter et gérer les membres de sa propre organisation", "دعوة أعضاء المؤسسة وإدارتهم"],
        KycOwn "kyc.own" ["Submit one's own identity documents", "Déposer ses propres pièces d’identité", "تقديم وثائق الهوية الخاصة"],
        DocumentsOwn "documents.own" ["See one's own documents", "Voir ses propres documents", "عرض المستندات الخاصة"],
    }
}
