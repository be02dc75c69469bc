"""A word-level tokenizer whose decoding is concatenation, and the chat template of the demo VLMs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

PIECE = r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]|\s"
"""A word or a sign with the space before it, a single digit, or white space: joined, they are the text."""

CLIP_SPECIAL = ("<pad>", "<unk>", "<s>", "</s>")
CHAT_SPECIAL = (*CLIP_SPECIAL, "<image>", "<user>", "<assistant>")
ALWAYS = tuple("0123456789") + tuple("ABCDEFGH") + tuple(" \n.,[]?:") + ("yes", "no", "none")

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{%- for message in messages -%}"
    "{{ '<assistant>' if message.role == 'assistant' else '<user>' }}"
    "{%- if message.content is string -%}{{ message.content }}"
    "{%- else -%}{%- for part in message.content -%}"
    "{{ '<image>' if part.type == 'image' else part.text }}"
    "{%- endfor -%}{%- endif -%}"
    "{{ eos_token if message.role == 'assistant' else '' }}"
    "{%- endfor -%}"
    "{{ '<assistant>' if add_generation_prompt else '' }}"
)


def build_tokenizer(texts: Iterable[str], *, chat: bool) -> Any:
    """A tokenizer that knows every piece of `texts`.

    With `chat` it pads on the left and adds nothing round a text (the template does); without, it pads on
    the right and puts a text between `<s>` and `</s>`, as CLIP wants.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    split = pre_tokenizers.Split(Regex(PIECE), "isolated")
    counts = Counter(piece for text in texts for piece, _ in split.pre_tokenize_str(text))
    special = CHAT_SPECIAL if chat else CLIP_SPECIAL
    words = [*special, *sorted({*counts, *ALWAYS})]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.Fuse()
    if not chat:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[(name, vocabulary[name]) for name in ("<s>", "</s>")]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=list(special[len(CLIP_SPECIAL) :]),
        padding_side="left" if chat else "right",
        model_max_length=512 if chat else 64,
        clean_up_tokenization_spaces=False,
    )
