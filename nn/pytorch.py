"""Names of PyTorch and Keras that are not here: what to write in their place."""

from __future__ import annotations

from autograd.instead import COSINE, CPU, RNG

DTYPE = "give dtype= to its layers, or call autograd.set_default_dtype before they are made"
PICKED = "put parameters in a list or dict that is a field, such as self.weights = [nn.Parameter(array)]"

FIT = "use nn.fit(model, (x, y), loss, optimiser, epochs)"

LAYER = "use setattr(module, name, layer); for a Sequential, model.append(layer)"

MODULE = {
    "_buffers": "use dict(module.named_buffers(recurse=False))",
    "_modules": "use dict(module.named_children())",
    "_parameters": "use dict(module.named_parameters(recurse=False))",
    "add": "use model.append(layer) of a Sequential",
    "add_module": LAYER,
    "bfloat16": DTYPE,
    "compile": FIT,
    "cpu": CPU,
    "cuda": CPU,
    "double": DTYPE,
    "evaluate": "use model.eval(), and call the loss of model(x) and y",
    "fit": FIT,
    "float": DTYPE,
    "get_parameter": "use dict(model.named_parameters())[name]",
    "get_submodule": "use dict(model.named_modules())[name]",
    "get_weights": "use model.state_dict()",
    "half": DTYPE,
    "layers": "use list(model.children()), or model[i] of a Sequential",
    "load_weights": "use nn.load(model, path)",
    "predict": "use model.eval(), and model(x) inside of autograd.no_grad()",
    "register_forward_hook": "use a module of your own, whose forward calls that one",
    "register_forward_pre_hook": "use a module of your own, whose forward calls that one",
    "register_full_backward_hook": "use y.register_hook(function) of a Tensor y in forward",
    "register_module": LAYER,
    "register_parameter": "use setattr(module, name, nn.Parameter(array))",
    "save": "use nn.save(model, path)",
    "save_weights": "use nn.save(model, path)",
    "set_weights": "use model.load_state_dict(state)",
    "summary": "use nn.summary(model, example=x)",
    "to": f"{CPU}; for a dtype, {DTYPE}",
    "type": DTYPE,
}
ATTENTION = "nn.functional.softmax(q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5, -1) @ v"
LARGEST = "use np.max(x, axis=(2, 3), keepdims=True) for one place in each channel, or nn.MaxPool2d"
LARGER = "use np.repeat(np.repeat(x, 2, axis=2), 2, axis=3) to double an image, or nn.ConvTranspose2d"
PADDED = "use np.pad(x, widths), with a pair of widths for each axis, the first axis first"
ALIGNED = "there is no loss of sequences that are not aligned: give a target for each step"
COSINES = f"{COSINE} as c, and np.where(y > 0, 1 - c, np.maximum(c - margin, 0)).mean()"
GAUSSIAN = "use 0.5 * np.mean(np.log(var) + (x - y) ** 2 / var)"
RANKED = "use np.maximum(margin - y * (x1 - x2), 0).mean()"
SHUFFLED = "use x.reshape(n, c, r, r, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, c, h * r, w * r)"
TRANSFORMER = f"use {ATTENTION}, nn.Linear and nn.LayerNorm in a module of your own"
VOLUMES = "there are layers of sequences and images only"
NN = {
    "AdaptiveMaxPool2d": LARGEST,
    "AlphaDropout": "use nn.Dropout",
    "BatchNorm3d": VOLUMES,
    "CTCLoss": ALIGNED,
    "ConstantPad1d": PADDED,
    "ConstantPad2d": PADDED,
    "Conv3d": VOLUMES,
    "ConvTranspose1d": "use nn.ConvTranspose2d(inputs, outputs, (1, k), stride=(1, s), padding=(0, p))"
    "(x[:, :, None])[:, :, 0]",
    "CosineEmbeddingLoss": COSINES,
    "CosineSimilarity": COSINE,
    "DataParallel": CPU,
    "Dense": "use nn.Linear(inputs, outputs), and nn.ReLU() as a layer behind it",
    "Dropout1d": "use nn.Dropout2d, which takes (rows, channels, length) too",
    "Dropout3d": VOLUMES,
    "EmbeddingBag": "use nn.Embedding, and the mean of what it gives along axis 1",
    "GaussianNLLLoss": GAUSSIAN,
    "Input": "leave it out: nn.Linear(inputs, outputs) says how many inputs there are",
    "InstanceNorm1d": "use nn.GroupNorm(channels, channels, affine=False)",
    "InstanceNorm2d": "use nn.GroupNorm(channels, channels, affine=False)",
    "LazyLinear": "use nn.Linear(inputs, outputs), which says how many inputs there are",
    "MarginRankingLoss": RANKED,
    "MaxPool3d": VOLUMES,
    "MultiheadAttention": f"use {ATTENTION} in each head, behind nn.Linear for q, k and v",
    "ParameterDict": PICKED,
    "ParameterList": PICKED,
    "PairwiseDistance": "use np.linalg.norm(x - y + 1e-6, axis=-1)",
    "PixelShuffle": SHUFFLED,
    "PoissonNLLLoss": "use np.mean(np.exp(x) - y * x), where x is the logarithm of the rate",
    "ReflectionPad2d": f"{PADDED}, and mode='reflect'",
    "ReplicationPad2d": f"{PADDED}, and mode='edge'",
    "SoftMarginLoss": "use nn.functional.softplus(-y * x).mean()",
    "Softmax2d": "use nn.Softmax(dim=1)",
    "Transformer": TRANSFORMER,
    "TransformerDecoder": TRANSFORMER,
    "TransformerDecoderLayer": TRANSFORMER,
    "TransformerEncoder": TRANSFORMER,
    "TransformerEncoderLayer": TRANSFORMER,
    "Upsample": LARGER,
    "ZeroPad2d": PADDED,
    "manual_seed": RNG,
    "parallel": CPU,
    "set_random_seed": RNG,
}
UTILS = {
    "clip_grad_norm": "use nn.utils.clip_grad_norm_",
    "parameters_to_vector": "use np.concatenate([p.ravel() for p in parameters])",
    "rnn": "there are no packed sequences: use batches of sequences of one length, or pad them and give the "
    "padded steps the ignore_index of nn.CrossEntropyLoss as targets",
    "stateless": "use nn.functional_call",
    "vector_to_parameters": "use p.data = part.reshape(p.shape) with the parts of np.split(vector, ends)",
}
OPTIM = {
    "ASGD": "use nn.optim.SGD",
    "Adadelta": "use nn.optim.RMSprop",
    "Adafactor": "use nn.optim.AdamW",
    "Adamax": "use nn.optim.Adam",
    "LBFGS": "use scipy.optimize.minimize with method='L-BFGS-B', for which autograd.ravel_pytree makes one "
    "vector of all weights",
    "Muon": "use nn.optim.SGD with momentum and nesterov",
    "NAdam": "use nn.optim.Adam",
    "RAdam": "use nn.optim.Adam, with a warm-up by lr_scheduler.LinearLR",
    "Rprop": "use nn.optim.RMSprop",
    "SparseAdam": "use nn.optim.Adam",
}
SCHEDULES = {
    "ChainedScheduler": "use the schedules as they are, and call step() of each",
    "CyclicLR": "use LambdaLR(optimiser, share), with a function of the number of steps so far",
    "MultiplicativeLR": "use a class of your own with LRScheduler and next_lr",
    "OneCycleLR": "use SequentialLR with a LinearLR as a warm-up and a CosineAnnealingLR",
}
FUNCTIONAL = {
    "adaptive_max_pool2d": LARGEST,
    "cosine_embedding_loss": COSINES,
    "cosine_similarity": COSINE,
    "ctc_loss": ALIGNED,
    "gaussian_nll_loss": GAUSSIAN,
    "gumbel_softmax": "use nn.functional.softmax((x + rng.gumbel(size=x.shape)) / tau, -1)",
    "instance_norm": "use nn.functional.group_norm(x, x.shape[1])",
    "interpolate": LARGER,
    "margin_ranking_loss": RANKED,
    "normalize": "use x / np.linalg.norm(x, axis=1, keepdims=True)",
    "one_hot": "use np.eye(classes)[target]",
    "pad": PADDED,
    "pairwise_distance": "use np.linalg.norm(x - y + 1e-6, axis=-1)",
    "pixel_shuffle": SHUFFLED,
    "relu_": "use nn.functional.relu",
    "scaled_dot_product_attention": f"use {ATTENTION}",
    "upsample": LARGER,
}
AVERAGED = "use reduction='mean', 'sum' or 'none'"
OPTIONS = {"size_average": AVERAGED, "reduce": AVERAGED}
