-- The reference files of the project, and the closed lists as types: small numbers inside, words outside.
-- `first_day` and `last_day` are the calendar of the contract: a date outside is a typing error, not a day.

CREATE TABLE deadlines AS
SELECT kind, transition, days::INTEGER AS days, sent_window_days::INTEGER AS sent_window_days, severity, recommendation
FROM read_csv(getvariable('reference') || '/deadlines.csv', all_varchar = true);

CREATE TABLE parameters AS
SELECT name, value::DOUBLE AS value FROM read_csv(getvariable('reference') || '/parameters.csv', all_varchar = true);

CREATE TABLE record_types AS
SELECT record_type FROM read_csv(getvariable('reference') || '/record_types.csv', all_varchar = true)
WHERE carries_exposure = 'true';

CREATE TABLE exposure_codes AS
SELECT replace(upper(prefix), '.', '') AS prefix, bearer, substance
FROM read_csv(getvariable('reference') || '/exposure_codes.csv', all_varchar = true)
WHERE in_scope = 'true';

CREATE TABLE schedule AS
SELECT
    (row_number() OVER ())::UTINYINT AS milestone,
    programme || ':' || contact_code AS measure,
    programme, contact_code, due_age::INTEGER AS due_age, due_unit, opens_days::INTEGER AS opens_days,
    closes_days::INTEGER AS closes_days, applies_to = 'all' AS is_for_all, severity, recommendation
FROM read_csv(getvariable('reference') || '/schedule.csv', all_varchar = true);

CREATE TYPE municipality AS ENUM (
    SELECT municipality_code
    FROM read_csv(getvariable('reference') || '/municipalities.csv', all_varchar = true)
    UNION SELECT '0411'
    ORDER BY 1
);
CREATE TYPE service AS ENUM (
    SELECT service FROM read_csv(getvariable('reference') || '/services.csv', all_varchar = true)
);
CREATE TYPE substance AS ENUM (
    'alcohol', 'cannabis', 'cocaine', 'amphetamines', 'opioids', 'opioid_substitution', 'benzodiazepines', 'z_drugs',
    'other_medicine', 'other', 'unspecified'
);
CREATE TYPE registered_certainty AS ENUM ('ruled_out', 'suspected', 'confirmed');
CREATE TYPE certainty AS ENUM ('suspected', 'probable', 'confirmed');
CREATE TYPE actor AS ENUM (
    'gp', 'midwife', 'maternity_ward', 'neonatal_ward', 'paediatric_ward', 'family_clinic', 'family_department',
    'substance_treatment', 'health_visitor', 'educational_psychology', 'daycare', 'school', 'foster_care', 'other'
);
CREATE TYPE handover_kind AS ENUM (
    'prebirth_notification', 'discharge', 'referral', 'municipal_move', 'placement', 'daycare_start', 'school_start',
    'family_clinic_end', 'adulthood', 'other'
);
CREATE TYPE legal_basis AS ENUM ('consent', 'notification', 'moving', 'other');
CREATE TYPE outcome AS ENUM ('live_birth', 'stillbirth', 'loss', 'unknown');
CREATE TYPE sex AS ENUM ('female', 'male', 'unknown');
CREATE TYPE exposure_status AS ENUM ('recorded', 'denied', 'not_recorded');
CREATE TYPE record_type AS ENUM (
    'notification', 'screening', 'clarification', 'child_assessment', 'child_plan', 'support_measure', 'placement',
    'educational_psychology', 'daycare_support', 'special_education', 'health_visitor', 'disability_support', 'other'
);
CREATE TYPE programme AS ENUM ('family_clinic', 'gp', 'health_visitor');
CREATE TYPE contact_status AS ENUM ('attended', 'no_show', 'declined', 'cancelled');
CREATE TYPE domain AS ENUM (
    'communication', 'gross_motor', 'fine_motor', 'cognition', 'attention', 'social', 'emotional', 'attachment',
    'growth', 'wellbeing'
);
CREATE TYPE result AS ENUM ('typical', 'monitor', 'concern');
CREATE TYPE payer AS ENUM ('municipality', 'region', 'state');

CREATE TYPE kind AS ENUM (
    'registered', 'on_child_record', 'handed_over', 'carried_in_record', 'carried_at_move', 'carried_at_transition',
    'follow_up', 'screened', 'referred', 'plan_before_birth'
);
CREATE TYPE measure AS ENUM (
    SELECT concat_ws(':', kind, transition) FROM deadlines UNION ALL SELECT measure FROM schedule
);
CREATE TYPE status AS ENUM ('met', 'late', 'excused', 'not_due', 'contradicted', 'overdue');
CREATE TYPE reason AS ENUM (
    'died', 'not_resident', 'pregnancy_ended', 'not_registered', 'not_confirmed', 'exposure_left_out', 'no_handover',
    'silent', 'declined', 'no_show', 'too_early', 'undocumented', 'no_contact', 'not_asked', 'no_referral'
);
CREATE TYPE sector AS ENUM ('municipality', 'region');
CREATE TYPE severity AS ENUM ('critical', 'warning', 'info');
CREATE TYPE recommendation AS ENUM (
    SELECT recommendation FROM deadlines UNION SELECT recommendation FROM schedule ORDER BY 1
);

SET VARIABLE gestation_default_days = (SELECT value::INTEGER FROM parameters WHERE name = 'gestation_default_days');
SET VARIABLE link_after_due_days = (SELECT value::INTEGER FROM parameters WHERE name = 'link_after_due_days');
SET VARIABLE link_end_days = (SELECT value::INTEGER FROM parameters WHERE name = 'link_end_days');
SET VARIABLE move_gap_days = (SELECT value::INTEGER FROM parameters WHERE name = 'move_gap_days');
SET VARIABLE school_start_age = (SELECT value::INTEGER FROM parameters WHERE name = 'school_start_age');
SET VARIABLE adulthood_age = (SELECT value::INTEGER FROM parameters WHERE name = 'adulthood_age');

CREATE MACRO is_municipal(actor) AS actor IN (
    'family_department', 'substance_treatment', 'health_visitor', 'educational_psychology', 'daycare', 'school'
);
