"""Simulates a whole project, or one phase at any size."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator import phases
from mturk_pipeline_tests.simulator.batch import BatchRecord
from mturk_pipeline_tests.simulator.crowd import draw_workers
from mturk_pipeline_tests.simulator.crowd_params import CrowdParams
from mturk_pipeline_tests.simulator.file_formats import mturk_table
from mturk_pipeline_tests.simulator.phases import run_clubs, run_dirs, run_leads, shift
from mturk_pipeline_tests.simulator.reviewing import review_dirs
from mturk_pipeline_tests.simulator.truth import clubs_truth, dirs_truth, leads_truth
from mturk_pipeline_tests.simulator.world import World, make_world


@dataclass(frozen=True)
class Simulation:
    """A simulated project.

    Parameters
    ----------
    world
        What is true of everything, asked about or not.
    workers
        The crowd, one row per worker: worker_id, archetype, honest, and the parameters drawn for it.
    inputs
        For each phase, the list that was uploaded: one row per item, columns without "Input.".
    truth
        The right answers: phase, university, directory_url, club, field, element (the club's name, in the phase
        that lists clubs), value ('' for "there is none"; two rows where two values are right).
    records
        For each phase, its batch before any file format.
    said
        What each worker said, as canonical values: phase, assignment_id, worker_id, item_no (row of `inputs`),
        column, field, element, value ('' for none), act (how the cell came about).
    reviewed
        What a person made of the first phase: university, directory_url, decision, comment.
    """

    params: CrowdParams
    seed: int
    world: World
    workers: pd.DataFrame
    inputs: dict[str, pd.DataFrame]
    truth: pd.DataFrame
    records: dict[str, BatchRecord]
    said: pd.DataFrame
    reviewed: pd.DataFrame

    @cached_property
    def batches(self) -> dict[str, pd.DataFrame]:
        """For each phase, its result file as Mechanical Turk gives it when all is decided (texts, '' for blank)."""
        return {phase: mturk_table(record) for phase, record in self.records.items()}


def simulate(params: CrowdParams, seed: int) -> Simulation:
    """A project of three phases: dirs, clubs, leads. The same parameters and seed give the same project.

    Raises
    ------
    ValueError
        If fewer than two universities or fewer than four workers are asked for.
    """
    world, workers, (in_dirs, in_clubs, in_leads) = _set_up(params, seed)
    schools = len(world.universities)
    asked = np.arange(schools - 1)
    dirs, said_dirs = run_dirs(world, asked, shift(len(asked), workers, params, 0, in_dirs), params, in_dirs)
    reviewed, go_on = review_dirs(world.universities, said_dirs)
    clubs, said_clubs = run_clubs(world, go_on, shift(len(go_on), workers, params, 0, in_clubs), in_clubs)
    known = np.flatnonzero(np.isin(world.clubs["university_no"], go_on))
    chosen = np.sort(in_leads.permutation(known)[: params.leads])
    work = shift(len(chosen), workers, params, params.republished, in_leads)
    leads, said_leads = run_leads(world, chosen, work, in_leads)
    return Simulation(
        params=params,
        seed=seed,
        world=world,
        workers=workers,
        inputs=_inputs(world, asked, go_on, chosen),
        truth=pd.concat(
            [dirs_truth(world, asked), clubs_truth(world, go_on), leads_truth(world, chosen)], ignore_index=True
        ),
        records={"dirs": dirs, "clubs": clubs, "leads": leads},
        said=pd.concat([said_dirs, said_clubs, said_leads], ignore_index=True),
        reviewed=reviewed,
    )


def simulate_phase(phase: str, assignments: int, seed: int, params: CrowdParams | None = None) -> BatchRecord:
    """One phase alone with about `assignments` assignments, for measuring: 100,000 take some seconds.

    The crowd and the world grow with the size. `file_formats.mturk_table(record)` makes the file's table.

    Raises
    ------
    ValueError
        If `phase` is none of dirs, clubs, leads.
    """
    if phase not in phases.PAGES:
        raise ValueError(f"phase '{phase}' is not simulated; choose from {', '.join(phases.PAGES)}")
    base = params or CrowdParams()
    items = max(1, round(assignments / base.assignments_per_hit))
    schools = items + 1 if phase != "leads" else max(2, round(1.3 * items / base.clubs_per_university) + 1)
    crowd = max(base.workers, round(4 * assignments**0.5))
    sized = replace(base, universities=schools, workers=crowd, leads=items)
    world, workers, rngs = _set_up(sized, seed)
    rng = rngs[0]
    if phase == "leads":
        asked = np.sort(rng.permutation(len(world.clubs))[:items])
        return run_leads(world, asked, shift(len(asked), workers, sized, 0, rng), rng)[0]
    asked = np.arange(schools - 1)
    work = shift(len(asked), workers, sized, 0, rng)
    if phase == "dirs":
        return run_dirs(world, asked, work, sized, rng)[0]
    return run_clubs(world, asked, work, rng)[0]


def _set_up(
    params: CrowdParams, seed: int
) -> tuple[World, pd.DataFrame, tuple[np.random.Generator, np.random.Generator, np.random.Generator]]:
    """World, crowd and a source of chance for each phase; a change in one leaves the others as they were."""
    if params.universities < 2 or params.workers < 4:
        raise ValueError("a simulation needs at least 2 universities and 4 workers")
    of_world, of_crowd, *of_phases = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(5)]
    first, second, third = of_phases
    return make_world(params, of_world), draw_workers(params, of_crowd), (first, second, third)


def _inputs(world: World, asked: np.ndarray, go_on: np.ndarray, chosen: np.ndarray) -> dict[str, pd.DataFrame]:
    schools = world.universities
    clubs = world.clubs.iloc[chosen].reset_index(drop=True)
    of_club = schools.iloc[clubs["university_no"].to_numpy()].reset_index(drop=True)
    return {
        "dirs": schools.iloc[asked][["university", "state", "homepage"]].reset_index(drop=True),
        "clubs": schools.iloc[go_on][["university", "directory_url", "state"]].reset_index(drop=True),
        "leads": pd.concat(
            [of_club[["university"]], clubs[["club", "club_url"]], of_club[["directory_url", "state"]]], axis=1
        ),
    }
