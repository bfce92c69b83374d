# Every verb sets up .venv by itself; the only things assumed are make and Python 3.11 or newer.
# Where there is no make: python -m grader install, then what it says.

PYTHON ?= python3
UNIT ?=
PART ?=
ANEW ?=
VENV := .venv
# The libraries whose internals are leaned on, each in a compat module of its own.
NEWEST := nbgrader ipykernel jupyter_client jupyterlab distributed
# What is installed: to learn, to grade as well, to develop as well.
LEARN := $(VENV)/.learn
GRADE := $(VENV)/.grade
READY := $(VENV)/.ready
RUN := $(VENV)/bin/python
# nbgrader starts `alembic` by its name, so the environment's programs come first.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: newest help lab grade bench test browser styles judge-evidence redteam wild parity checks lint notebooks evidence bench-plot bench-stop doctor bubblewrap gpu-evidence bench-one spared bench-scale faults class-walk neighbours house minutes bounded spoilers author-walk hub services any-assignment

help: ## list these verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' \
	    | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

lab: $(LEARN) ## open the course in JupyterLab, on your own copy in my-work/
	@$(RUN) -m grader lab $(UNIT)

grade: $(GRADE) bubblewrap ## grade the sample class end to end and print its table
	@$(RUN) -m grader grade --sample

# Long tests first, each handed to whichever process is free; more than four would fight for memory.
test: $(if $(PART),$(READY),lint) ## check everything: style, types, arrows, then all tests; PART=core: one folder's
	$(RUN) -m pytest -n logical --maxprocesses 4 --dist load --maxschedchunk 1 --durations=20 $(if $(PART),tests/$(PART))

styles: $(READY) bubblewrap ## grade honest answers in other styles, none may lose points; SEEDS=5
	@$(RUN) -m benchmarks.styles $(if $(SEEDS),--seeds $(SEEDS))

judge-evidence: $(READY) bubblewrap ## count wrong answers that pass and right ones that do not; QUICK=1 trains nothing
	@$(RUN) -m benchmarks.judge $(if $(QUICK),--quick)

checks: $(READY) ## time every check of a learner's notebook, each of which shall take under a second
	@$(RUN) -m benchmarks.checks $(UNIT)

browser: $(READY) ## click through the course in a real JupyterLab; pictures in build/screenshots
	$(RUN) -m pytest -n logical --maxprocesses 2 --dist load --maxschedchunk 1 tests/browser

# The pinned environment lies behind a new one that holds the newest releases of a few libraries.
newest: $(READY) ## exercise what leans on other libraries' internals with their newest releases
	@$(RUN) -m venv --clear --without-pip build/newest
	@$(RUN) -c "import sysconfig; print(sysconfig.get_path('purelib'))" > build/newest/pinned.txt
	@cp build/newest/pinned.txt "$$(build/newest/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/pinned.pth"
	@build/newest/bin/python -m pip install --quiet --upgrade $(NEWEST)
	@build/newest/bin/python -m pip list 2>/dev/null | grep -iE "^($$(echo $(NEWEST) | tr ' ' '|')) "
	@build/newest/bin/python -m pytest -q tests/compat

lint: $(READY) ## check style, types, arrows between packages, imports, files that run elsewhere
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) -m deptry .
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.citation-file-format --default-filetype yaml CITATION.cff

bounded: $(READY) ## time what strangers may write: no text or file costs more than its length
	@$(RUN) -m benchmarks.bounded

house: $(READY) ## print what is left of the house rules: names, sizes, tests, imports, private hooks
	@$(RUN) -m tests.house

notebooks: $(GRADE) ## build notebooks/ and docs/mistakes.md from solutions/
	@$(RUN) -m grader release $(UNIT)
	@$(RUN) -m grader mistakes

evidence: $(READY) ## measure the published numbers of all repairs, or of UNIT=01_rnn; ANEW=1 keeps nothing
	@$(RUN) -m benchmarks.evidence $(if $(ANEW),--anew) $(UNIT)

minutes: $(READY) ## count each section's minutes; WRITE=1 tells the lessons, MEASURE=1 runs and times
	@$(RUN) -m benchmarks.minutes $(if $(MEASURE),--measure) $(if $(WRITE),--write) $(UNIT)

spoilers: $(READY) ## look whether a page gives an answer away before its run shows it
	@$(RUN) -m benchmarks.spoilers $(UNIT)

gpu-evidence: $(READY) ## measure references and repairs on a GPU against the CPU, into docs/gpu.md
	@$(RUN) -m benchmarks.gpu $(UNIT)

bench: $(READY) bubblewrap ## time grading against nbgrader and the limit, about an hour; QUICK=1 tries
	@$(RUN) -m benchmarks.grading $(if $(QUICK),--quick,--page)

bench-one: $(READY) bubblewrap ## time one submission by `grader one` and by stock nbgrader; UNIT=02_gru, PAGE=1
	@$(RUN) -m benchmarks.one $(if $(PAGE),--page) $(UNIT)

spared: $(READY) ## train every recipe on all draws: which could be left out; WRITE=1 keeps the scores
	@$(RUN) -m benchmarks.spared $(if $(WRITE),--write)

bench-scale: $(READY) bubblewrap ## grade classes of 100 to 1800 submissions: time and memory stay flat
	@$(RUN) -m benchmarks.scale

faults: $(READY) bubblewrap ## kill the grader and its workers at twenty random moments
	@GRADER_FAULTS=20 $(RUN) -m pytest -s tests/gradebook/test_faults.py

# FULL=1: every row in both sandboxes; ROWS="…": these. STOCK=1: first record what stock nbgrader gives
# for rows that have changed, or for those of ROWS.
redteam: $(READY) bubblewrap ## attack the grader with the whole corpus and print the table
	@$(RUN) -m tests.redteam $(if $(FULL),--full) $(if $(STOCK),--stock) $(ROWS)

wild: $(READY) bubblewrap ## hand in what real classes hand in, eighty situations and more; ROWS="…": these
	@$(RUN) -m tests.wild $(ROWS)

neighbours: $(READY) bubblewrap ## grade an honest class beside a hostile one: no verdict may change
	@$(RUN) -m benchmarks.neighbours

bench-plot: $(READY) ## time the training panel beside livelossplot, and lab.play; PAGE=1 writes docs
	@$(RUN) -m benchmarks.plot $(if $(PAGE),--page)

bench-stop: $(READY) ## which ways to stop a run work, on every supported ipykernel
	@$(RUN) -m benchmarks.stop

parity: $(READY) bubblewrap ## what passes at home passes in class, question by question; QUICK=1 trains no repair
	@$(RUN) -m benchmarks.parity $(if $(QUICK),--quick) $(ROWS)

class-walk: $(READY) bubblewrap ## walk a class of twelve from release to marks by two roads; all that is told must agree
	@$(RUN) -m tests.walk

author-walk: $(READY) bubblewrap ## write an own course by the installed package, to marks; an own unit in this one
	@$(RUN) -m tests.authoring

hub: $(READY) bubblewrap ## walk a teacher and two learners over a real JupyterHub (root; users are made and removed)
	@$(RUN) -m tests.hub

# CORPUS=folder: further tricks, in the form that benchmarks/any_assignment.py tells.
any-assignment: $(READY) bubblewrap ## grade three ordinary nbgrader assignments and tricks, here and by stock nbgrader
	@$(RUN) -c "import pandas" 2>/dev/null || $(RUN) -m pip install --quiet pandas==3.1.1 # one uses it
	@$(RUN) -m benchmarks.any_assignment $(if $(CORPUS),--corpus $(CORPUS))

services: $(READY) bubblewrap ## run the files for Gradescope, GitHub and GitLab by their own steps
	@$(RUN) -m tests.services

doctor: ## say what this machine lacks, and what mends it; installs nothing
	@$(if $(wildcard $(RUN)),$(RUN),$(PYTHON)) -m grader doctor

# Learner code is graded inside bubblewrap; `grader grade` itself refuses to start without.
bubblewrap:
	@if command -v bwrap >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && apt-get install -y -qq bubblewrap; \
	else \
	    echo "bubblewrap is missing. On Debian or Ubuntu: sudo apt-get install bubblewrap"; \
	fi

$(LEARN): requirements.txt pyproject.toml
	@$(PYTHON) -m grader install learn
	@touch $@

$(GRADE): requirements-grade.txt requirements.txt pyproject.toml
	@$(PYTHON) -m grader install grade
	@touch $(LEARN) $@

$(READY): requirements-develop.txt requirements-grade.txt requirements.txt pyproject.toml
	@$(PYTHON) -m grader install develop
	@touch $(LEARN) $(GRADE) $@
