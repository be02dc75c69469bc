"""Each format in the shape that its tool writes, told by its content."""

import csv
import json
import math

import pytest

from medassay.errors import DataError, UnknownName
from medassay.importers import FORMATS, read

TRACE = {"turn_idx": 0, "source": "output.raw", "extracted_value": "B", "extraction_method": "regex"}


def as_lines(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def as_json(path, held):
    path.write_text(json.dumps(held), "utf-8")
    return path


def by_id(imported):
    return {answer.id: answer for answer in imported.answers}


def test_our_lines(tmp_path):
    line = {
        "id": "a",
        "response": "B",
        "probs": [0.2, 0.8],
        "question": "Which?",
        "options": {"A": "x", "B": "y"},
    }
    held = read(as_lines(tmp_path / "a.txt", [line, {"id": "b", "response": "", "error": "time-out"}]))
    assert held.format == "answers"
    assert by_id(held)["a"].response.probs == (0.2, 0.8)
    assert by_id(held)["a"].options == {"A": "x", "B": "y"}
    assert by_id(held)["b"].response.error == "time-out"


def test_lm_eval_merges_filters_and_reads_claims(tmp_path):
    def line(doc, name, found, score):
        return {
            "doc_id": doc,
            "doc": {"question": f"Question {doc}?", "choices": ["red", "blue"]},
            "target": 1,
            "arguments": {"gen_args_0": {"arg_0": "a prompt", "arg_1": {}}},
            "resps": [["I say (B)."]],
            "filtered_resps": [found],
            "filter": name,
            "metrics": ["exact_match"],
            "exact_match": score,
            "doc_hash": "x",
        }

    date = "2025-05-01T10-11-12.131415"
    path = tmp_path / f"samples_med_qa_{date}.jsonl"
    as_lines(
        path, [line(n, name, "B", s) for name, s in (("strict", 0.0), ("flexible", 1.0)) for n in (0, 1)]
    )
    as_json(
        tmp_path / f"results_{date}.json",
        {
            "results": {
                "med_qa": {"alias": "med_qa", "exact_match,strict": 0.0, "exact_match_stderr,strict": 0.1}
            },
            "model_name": "m/7b",
        },
    )
    held = read(path)
    assert (held.format, held.model, held.claimed) == ("lm-eval", "m/7b", {"exact_match,strict": 0.0})
    assert len(held.answers) == 2
    first = by_id(held)["0"]
    assert first.response.text == "I say (B)."
    assert first.question == "Question 0?"
    assert first.gold == "1"
    assert first.claimed == {"exact_match,strict": 0.0, "exact_match,flexible": 1.0}


def test_lm_eval_ranked_options_become_probabilities(tmp_path):
    record = {
        "doc_id": 3,
        "doc": {"question": "?"},
        "target": 0,
        "resps": [[["-1.0", "True"]], [["-2.0", "False"]]],
        "filtered_resps": [["-1.0", "True"], ["-2.0", "False"]],
        "filter": "none",
        "metrics": ["acc"],
        "acc": 1.0,
    }
    (answer,) = read(as_lines(tmp_path / "samples.jsonl", [record])).answers
    assert answer.response.probs == pytest.approx((1 / (1 + math.exp(-1)), 1 / (1 + math.exp(1))))


def test_lmms_eval(tmp_path):
    line = {
        "doc_id": 7,
        "target": "yes",
        "filtered_resps": ["Yes"],
        "token_counts": [None],
        "doc_hash": "x",
        "input": "Is there a mass?\nAnswer shortly.",
        "slake_accuracy": {"id": "7", "is_correct": True, "language": "en"},
    }
    path = as_lines(tmp_path / "20250501_101112_samples_slake_en.jsonl", [line])
    as_json(
        tmp_path / "20250501_101112_results.json",
        {
            "results": {"slake_en": {"acc,none": 0.5, "acc_stderr,none": 0.1, "samples": 1}},
            "model_name": "llava",
        },
    )
    held = read(path)
    assert (held.format, held.model, held.claimed) == ("lmms-eval", "llava", {"acc,none": 0.5})
    (answer,) = held.answers
    assert (answer.id, answer.gold, answer.response.text) == ("7", "yes", "Yes")
    assert answer.claimed == {"slake_accuracy": 1.0}


def test_medvlmbench_questions_captions_and_claims(tmp_path):
    row = {
        "image_path": "imgs/a.jpg",
        "question_type": "open",
        "qs": "What?",
        "answer": "lung",
        "prediction": "Lung.",
    }
    path = as_json(tmp_path / "predictions.json", [row])
    (tmp_path / "results.csv").write_text(
        "model,model_name,task,dataset,model_type,modality,size,accuracy_open\nLLaVA,llava-7b,vqa,SLAKE,general,x,1,0.7\n"
    )
    held = read(tmp_path)
    assert (held.format, held.model, held.claimed) == ("medvlmbench", "llava-7b", {"accuracy_open": 0.7})
    (answer,) = held.answers
    assert (answer.image, answer.question, answer.gold) == ("imgs/a.jpg", "What?", "lung")
    as_json(path, [{"image_path": "NA", "caption": "A scan.", "prediciton": "A picture."}])
    (answer,) = read(path).answers
    assert (answer.image, answer.gold, answer.response.text) == ("", "A scan.", "A picture.")


def test_medvlmbench_diagnosis_has_probabilities_of_two_classes_only(tmp_path):
    two = {"true_label": [[0], [1]], "pred_label": [0, 1], "pred_score": [0.25, 0.75]}
    answers = read(as_json(tmp_path / "predictions.json", two)).answers
    assert [a.response.probs for a in answers] == [(0.75, 0.25), (0.25, 0.75)]
    assert [a.number for a in answers] == [0, 1]
    three = {"true_label": [0, 2], "pred_label": [0, 2], "pred_score": [0.1, 0.2]}
    answers = read(as_json(tmp_path / "predictions.json", three)).answers
    assert [a.response.probs for a in answers] == [None, None]
    with pytest.raises(DataError, match="differ in length"):
        read(as_json(tmp_path / "predictions.json", {**two, "pred_score": [0.25]}))


def test_mmmu_dictionary_outputs_and_parsed_outputs(tmp_path):
    answers = by_id(
        read(
            as_json(
                tmp_path / "total.json", {"validation_Pharmacy_1": "B", "validation_Pharmacy_2": [3, "3.0"]}
            )
        )
    )
    assert answers["validation_Pharmacy_2"].response.text == "3; 3.0"
    parsed = {
        "id": "validation_Pharmacy_1",
        "question_type": "multiple-choice",
        "answer": "B",
        "index2ans": {"A": "x", "B": "y"},
        "response": "It is (B).",
        "parsed_pred": "B",
        "judge": "Correct",
    }
    path = as_json(tmp_path / "parsed_output.json", [parsed])
    as_json(tmp_path / "result.json", {"acc": 1.0, "num_example": 1})
    held = read(path)
    assert held.claimed == {"acc": 1.0}
    assert held.answers[0].claimed == {"judge": 1.0}
    assert held.answers[0].options == {"A": "x", "B": "y"}


def test_mmmu_pro_lines(tmp_path):
    line = {
        "id": "test_History_1",
        "question": "Which?",
        "options": "['a', 'b']",
        "answer": "B",
        "response": "Answer: A",
        "pred_indexs": "A",
        "if_right": False,
    }
    (answer,) = read(as_lines(tmp_path / "gpt.jsonl", [line])).answers
    assert answer.options == {"A": "a", "B": "b"}
    assert answer.claimed == {"if_right": 0.0}


def test_medmnist_claims_stand_in_the_name(tmp_path):
    path = tmp_path / "pneumoniamnist_test_[AUC]0.672_[ACC]0.892@3.csv"
    path.write_text("0,0.125,0.875\n1,0.5,0.5\n")
    held = read(path)
    assert held.claimed == {"AUC": 0.672, "ACC": 0.892}
    assert [a.response.probs for a in held.answers] == [(0.125, 0.875), (0.5, 0.5)]
    path.write_text("0,0.125,0.875\n1,0.5\n")
    with pytest.raises(DataError, match=r"\.csv:2: .*cut or damaged"):
        read(path)


def test_every_eval_ever_lines_of_one_sample_are_one_answer(tmp_path):
    def line(result, score):
        return {
            "schema_version": "0.3.0",
            "evaluation_id": "e",
            "model_id": "m/7b",
            "evaluation_name": "x",
            "evaluation_result_id": result,
            "sample_id": "s1",
            "interaction_type": "single_turn",
            "input": {"raw": "Which?", "reference": ["B"], "choices": ["x", "y"]},
            "output": {"raw": ["(B)"]},
            "answer_attribution": [{**TRACE, "is_terminal": True}],
            "evaluation": {"score": score, "is_correct": bool(score)},
        }

    path = as_lines(tmp_path / "u_samples.jsonl", [line("acc", 1.0), line("f1", 0.5)])
    result = {"evaluation_result_id": "acc", "evaluation_name": "x", "score_details": {"score": 0.9}}
    as_json(tmp_path / "u.json", {"evaluation_results": [result]})
    held = read(path)
    assert (held.format, held.model, held.claimed) == ("every-eval-ever", "m/7b", {"acc": 0.9})
    (answer,) = held.answers
    assert answer.claimed == {"acc": 1.0, "f1": 0.5}
    assert answer.response.text == "(B)"


def test_vlmevalkit_tsv_with_blank_gold_column(tmp_path):
    path = tmp_path / "m_set.tsv"
    with path.open("w", newline="") as file:
        out = csv.writer(file, delimiter="\t")
        out.writerow(["index", "question", "A", "B", "answer", "correct_option", "prediction", "hit"])
        out.writerow([4, "Which\nof them?", "x", "y", "", "B", "The answer is B.", 1])
    (tmp_path / "m_set_acc.csv").write_text('"split","Overall"\n"test","1.0"\n')
    held = read(path)
    (answer,) = held.answers
    assert (answer.id, answer.gold, answer.options) == ("4", "B", {"A": "x", "B": "y"})
    assert answer.question == "Which\nof them?"
    assert (held.claimed, answer.claimed) == ({"Overall": 1.0}, {"hit": 1.0})


def test_a_file_of_no_known_format_names_those_that_are(tmp_path):
    path = as_json(tmp_path / "x.json", {"hello": "world"})
    with pytest.raises(DataError, match="no format that is read here"):
        read(path)
    with pytest.raises(UnknownName, match="vlmevalkit"):
        read(path, format_name="vlmevalkitt")
    with pytest.raises(DataError, match="not as MMMU outputs"):
        read(as_lines(tmp_path / "y.json", [{"a": 1}, {"b": 2}]), format_name="mmmu")


def test_a_cut_last_line_is_refused_by_name_or_left_out_and_said(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "response": "yes"}\n{"id": "2", "resp')
    with pytest.raises(DataError, match=r"a\.jsonl:2: not JSON.*--allow-cut"):
        read(path)
    held = read(path, allow_cut=True)
    assert [a.id for a in held.answers] == ["1"]
    assert any("a.jsonl:2 is cut off" in note for note in held.notes)


def test_each_format_is_read_by_the_name_it_gives():
    assert all(name == name.lower() and held.title for name, held in FORMATS.items())
