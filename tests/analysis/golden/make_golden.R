# Makes the reference figures of test_reference.py. Needed only to make them anew, never to run tests:
#
#   apt-get install r-base-core r-cran-survey && cd tests/analysis/golden && Rscript make_golden.R
#
# Source: T. Lumley, "Analysis of complex survey samples", Journal of Statistical Software 9 (2004) 1-19, and his
# package `survey` for R, whose help pages (svymean, svyby, svyciprop, postStratify, rake) show these examples. The data
# (Academic Performance Index of Californian schools) ship with the package as `api`; the few columns that the examples
# need are written beside, as numbers. stype: 1 = E, 2 = H, 3 = M; sch_wide: 1 = No, 2 = Yes.

suppressMessages(library(survey))
data(api)

short <- function(d, names) {
  columns <- list(dnum = d$dnum, stype = as.integer(d$stype), sch_wide = as.integer(d$sch.wide),
                  api00 = d$api00, enroll = d$enroll, ell = d$ell)
  as.data.frame(columns)[names]
}
write.csv(short(apisrs, c("stype", "sch_wide", "api00", "enroll")), "apisrs.csv", row.names = FALSE, quote = FALSE)
write.csv(short(apiclus1, c("dnum", "stype", "sch_wide", "api00", "enroll", "ell")), "apiclus1.csv",
          row.names = FALSE, quote = FALSE)

numbers <- function(x) paste0("[", paste(sprintf("%.17g", as.numeric(x)), collapse = ", "), "]")
figures <- list()
keep <- function(name, x) figures[[name]] <<- list(estimate = as.numeric(coef(x)), se = as.numeric(SE(x)))
keep_interval <- function(name, x) figures[[name]] <<- list(estimate = as.numeric(x), interval = as.numeric(confint(x)))

srs <- svydesign(id = ~1, fpc = ~fpc, weights = ~pw, data = apisrs)
free <- svydesign(id = ~1, weights = ~pw, data = apisrs)
clus <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
pop.types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
pop.schwide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))

keep("srs_mean_api00", svymean(~api00, srs))
keep("srs_share_stype", svymean(~stype, srs))
keep("srs_total_enroll", svytotal(~enroll, srs))
keep("srs_mean_api00_without_fpc", svymean(~api00, free))
keep("srs_share_stype_without_fpc", svymean(~stype, free))
keep("srs_domain_mean_api00", svyby(~api00, ~stype, free, svymean))
keep("srs_domain_share_sch_wide", svyby(~I(1 * (sch.wide == "Yes")), ~stype, free, svymean))
keep_interval("srs_interval_sch_wide", svyciprop(~I(sch.wide == "No"), free, method = "beta"))

figures[["clus_weight"]] <- list(estimate = unique(weights(clus)))
keep("clus_mean_api00", svymean(~api00, clus))
keep("clus_share_stype", svymean(~stype, clus))
keep("clus_total_enroll", svytotal(~enroll, clus))
keep("clus_domain_mean_api00", svyby(~api00, ~stype, clus, svymean))
keep_interval("clus_interval_ell", svyciprop(~I(ell == 0), clus, method = "beta"))

post <- postStratify(free, ~stype, pop.types)
keep("post_mean_api00", svymean(~api00, post))
keep("post_share_sch_wide", svymean(~sch.wide, post))
keep("post_total_enroll", svytotal(~enroll, post))
keep("post_domain_mean_api00", svyby(~api00, ~sch.wide, post, svymean))
figures[["post_weights"]] <- list(estimate = weights(post))

tight <- list(maxit = 500, epsilon = 1e-12, verbose = FALSE)
raked <- rake(free, list(~stype, ~sch.wide), list(pop.types, pop.schwide), control = tight)
keep("raked_mean_api00", svymean(~api00, raked))
keep("raked_total_enroll", svytotal(~enroll, raked))
figures[["raked_weights"]] <- list(estimate = weights(raked))
raked.clus <- rake(clus, list(~stype, ~sch.wide), list(pop.types, pop.schwide), control = tight)
figures[["clus_raked_weights"]] <- list(estimate = weights(raked.clus))

lines <- vapply(names(figures), function(name) {
  parts <- figures[[name]]
  inner <- paste(sprintf('"%s": %s', names(parts), vapply(parts, numbers, "")), collapse = ", ")
  sprintf(' "%s": {%s}', name, inner)
}, "")
made <- sprintf(' "made_with": "R %s.%s, survey %s"', R.version$major, R.version$minor, packageVersion("survey"))
writeLines(c("{", paste(c(made, lines), collapse = ",\n"), "}"), "survey.json")
