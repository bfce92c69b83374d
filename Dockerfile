# Three images of this course, by target: learner, hub (a learner's server on a JupyterHub), worker
# (one of a Dask cluster). docker build --target learner -t course .
FROM python:3.13-slim-bookworm AS base
# Where pip looks besides its own index: docs/teachers.md says what for.
ARG PIP_EXTRA_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 1000 learner
WORKDIR /srv/grader
COPY requirements.txt ./
RUN python -m pip install --quiet -r requirements.txt
COPY pyproject.toml LICENSE ./
COPY docs/package.md docs/
COPY grader/ grader/
RUN python -m pip install --quiet --no-deps --no-build-isolation .

# What learners get. Solutions and challenge keys stay in this stage, which is no image.
FROM base AS handout
COPY . /course
WORKDIR /course
RUN python -m grader handout --to /tmp/handout.zip && python -m zipfile -e /tmp/handout.zip /tmp

FROM base AS grading
COPY requirements-grade.txt ./
RUN python -m pip install --quiet -r requirements-grade.txt

FROM grading AS worker
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
COPY data/ /course/data/
ENV GRADER_DATA=/course/data
USER learner
WORKDIR /home/learner
# DASK_SCHEDULER_ADDRESS says which cluster.
CMD ["dask", "worker", "--nthreads", "1", "--memory-limit", "0"]

FROM grading AS hub
COPY requirements-develop.txt ./
RUN python -m pip install --quiet --constraint requirements-develop.txt jupyterhub
USER learner
WORKDIR /home/learner
CMD ["jupyterhub-singleuser"]

FROM base AS learner
COPY --from=handout --chown=learner:learner /tmp/course /home/learner/course
USER learner
WORKDIR /home/learner/course
EXPOSE 8888
CMD ["python", "-m", "grader", "lab", "--", "--ip=0.0.0.0", "--no-browser"]
