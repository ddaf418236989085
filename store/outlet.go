package store

// outletOf is the outlet of an article a, by the aliases.
const outletOf = `ifnull((SELECT nullif(s.outlet, '') FROM aliases s WHERE s.name = a.outlet), a.outlet)`
