"""Models that only their makers' code runs, in ways of its own: cards that say what to do instead."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_SERVE = "serve it (vLLM, or the makers' code behind an OpenAI-compatible server) and name the address"
_FUNCTION = "or wrap the makers' code in a function and name it as module:attribute"
_REMOTE = (
    f"its code is asked in a way of its own, not as the classes of transformers are; {_SERVE}, {_FUNCTION}"
)

NVILA_8B = ModelCard(
    name="nvila-8b",
    title="NVILA 8B",
    loader="transformers",
    source="hf://Efficient-Large-Model/NVILA-8B",
    revision=None,
    parameters="8 B",
    licence="CC BY-NC 4.0",
    access="open",
    citation="Liu et al. NVILA: Efficient Frontier Visual Language Models. arXiv:2412.04468",
    training_sets=("a general mixture (see its paper)",),
    domain="general",
    status="card only",
    reason=(
        "its code (NVlabs/VILA, dynamic_s2) cuts an image into tiles of several scales, as no class of "
        f"transformers does; {_SERVE}, {_FUNCTION}; VILA1.5 (vila1.5-8b) can be loaded"
    ),
    notes="Asked as generate_content([image, text]) with its own decoding defaults.",
    unverified=("training_sets",),
)
XRAYGPT = ModelCard(
    name="xraygpt",
    title="XrayGPT (MiniGPT-4 with Vicuna for chest radiographs)",
    loader="transformers",
    source="https://github.com/mbzuai-oryx/XrayGPT",
    revision=None,
    parameters="7 B",
    licence="CC BY-NC-SA 4.0",
    access="open",
    citation="Thawakar et al. XrayGPT: Chest Radiographs Summarization using Medical VLMs. arXiv:2306.07971",
    training_sets=("mimic-cxr", "OpenI"),
    domain="medical",
    status="card only",
    reason=(
        "its weights lie in four places (EVA-CLIP-g, a BLIP-2 Q-Former, a Vicuna tuned on radiology, one "
        f"projection) under names of its own code (mbzuai-oryx/XrayGPT at d0baa6a0); {_FUNCTION[3:]}, or use "
        "huatuogpt-vision-7b or llava-med-v1.5"
    ),
    notes=(
        "Prompt `###Patient: <Img><ImageHere></Img> {question}###Doctor:`, text before the next `###`. Its "
        "own settings draw at temperature 1.0, top_p 0.9, 300 tokens: ask for greedy decoding."
    ),
    unverified=("parameters",),
)
MED_FLAMINGO = ModelCard(
    name="med-flamingo",
    title="Med-Flamingo 9B",
    loader="transformers",
    source="hf://med-flamingo/med-flamingo",
    revision=None,
    parameters="9 B",
    licence="that of LLaMA-1",
    access="open",
    citation="Moor et al. Med-Flamingo: a Multimodal Medical Few-shot Learner. arXiv:2307.15189",
    training_sets=("MTB", "PMC-OA"),
    domain="medical",
    status="card only",
    reason=(
        "its file holds the trained layers alone: LLaMA-1 7B must be supplied and open_flamingo run; "
        f"{_FUNCTION[3:]}, or use llava-med-v1.5"
    ),
    notes=(
        "Made from OpenFlamingo-9B, for few shots: `<image>Question: ... Answer: ...<|endofchunk|>` after a "
        "sentence that calls it a helpful medical assistant; its demo draws 10 tokens."
    ),
    unverified=("licence", "training_sets"),
)
MOLMO_7B_D = ModelCard(
    name="molmo-7b-d",
    title="Molmo 7B-D (0924)",
    loader="transformers",
    source="hf://allenai/Molmo-7B-D-0924",
    revision=None,
    parameters="7 B",
    licence="Apache-2.0",
    access="open",
    citation="Deitke et al. Molmo and PixMo. arXiv:2409.17146",
    training_sets=("PixMo",),
    status="card only",
    reason=f"{_REMOTE}; Molmo2, its successor, is a class of transformers",
)
HULU_MED_7B = ModelCard(
    name="hulu-med-7b",
    title="Hulu-Med 7B",
    loader="transformers",
    source="hf://ZJU-AI4H/Hulu-Med-7B",
    revision=None,
    parameters="7 B",
    licence="Apache-2.0",
    access="open",
    citation="Jiang et al. Hulu-Med. arXiv:2510.08668",
    training_sets=("16.7 M public samples (see its paper)",),
    style=Style(decoding={"max_tokens": 1024}),
    domain="medical",
    status="card only",
    reason=_REMOTE,
    notes=(
        "Takes images, volumes and videos, with a system prompt that its processor adds; its code pins "
        "transformers 4.51.2. With so many sources, overlap with public benchmarks must be assumed."
    ),
    unverified=("training_sets",),
)
HULU_MED_14B = replace(
    HULU_MED_7B,
    name="hulu-med-14b",
    title="Hulu-Med 14B",
    source="hf://ZJU-AI4H/Hulu-Med-14B",
    parameters="14 B",
)
HULU_MED_32B = replace(
    HULU_MED_7B,
    name="hulu-med-32b",
    title="Hulu-Med 32B",
    source="hf://ZJU-AI4H/Hulu-Med-32B",
    parameters="32 B",
)
CHEXAGENT_2 = ModelCard(
    name="chexagent-2",
    title="CheXagent-2 3B",
    loader="transformers",
    source="hf://StanfordAIMI/CheXagent-2-3b",
    revision=None,
    parameters="3 B",
    licence="CC BY-NC 4.0 by its tag, CC BY-NC-ND by its repository",
    access="open",
    citation="Chen et al. CheXagent. arXiv:2401.12208",
    training_sets=("CheXinstruct", "mimic-cxr", "chexpert"),
    style=Style(system="You are a helpful assistant.", decoding={"max_tokens": 512}),
    domain="medical",
    status="card only",
    reason=_REMOTE,
    notes=(
        "Its code takes images as paths and drops the last token of an answer; boxes are 0 to 100. Greedy, "
        "512 tokens."
    ),
    unverified=("training_sets",),
)
