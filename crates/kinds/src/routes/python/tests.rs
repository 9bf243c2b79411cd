use super::super::Code;
use super::super::tests::read;
use crate::testing::FakeFiles;

#[test]
fn routers_are_followed_through_packages_and_settings() {
    let main = "from fastapi import FastAPI, Depends\nfrom app.api.main import api_router\nfrom app.core.config import settings\n\napp = FastAPI(title=settings.PROJECT_NAME)\napp.include_router(api_router, prefix=settings.API_V1_STR)\n\n\n@app.get(\"/health\")\nasync def health() -> dict:\n    return {}\n";
    let config = "class Settings(BaseSettings):\n    API_V1_STR: str = \"/api/v1\"\n    PROJECT_NAME: str\n\n\nsettings = Settings()\n";
    let api = "from fastapi import APIRouter, Depends\n\nfrom app.api.deps import get_current_active_superuser\nfrom app.api.routes import items, admin\n\napi_router = APIRouter()\napi_router.include_router(items.router)\napi_router.include_router(\n    admin.router,\n    prefix=\"/admin\",\n    dependencies=[Depends(get_current_active_superuser)],\n)\n";
    let deps = "CurrentUser = Annotated[User, Depends(get_current_user)]\nSessionDep = Annotated[Session, Depends(get_db)]\n";
    let items = "from app.api.deps import CurrentUser, SessionDep\n\nrouter = APIRouter(prefix=\"/items\", tags=[\"items\"])\n\n\n@router.get(\"/\", response_model=ItemsPublic)\ndef read_items(session: SessionDep, current_user: CurrentUser, skip: int = 0) -> Any:\n    return []\n\n\n@router.post(\n    \"/{id}\",\n    status_code=201,\n)\nasync def create(*, session: SessionDep, id: uuid.UUID) -> Any:\n    return 1\n";
    let admin = "router = APIRouter()\n\n@router.api_route(\"/x\", methods=[\"GET\", \"DELETE\"])\ndef x(): ...\n";
    assert_eq!(
        read(&[
            ("backend/app/main.py", main),
            ("backend/app/core/config.py", config),
            ("backend/app/api/main.py", api),
            ("backend/app/api/deps.py", deps),
            ("backend/app/api/routes/__init__.py", ""),
            ("backend/app/api/routes/items.py", items),
            ("backend/app/api/routes/admin.py", admin),
        ]),
        [
            "GET /api/v1/admin/x backend/app/api/routes/admin.py:3 get_current_active_superuser",
            "DELETE /api/v1/admin/x backend/app/api/routes/admin.py:3 get_current_active_superuser",
            "GET /api/v1/items backend/app/api/routes/items.py:6 get_current_user",
            "POST /api/v1/items/{id} backend/app/api/routes/items.py:11 nothing",
            "GET /health backend/app/main.py:9 nothing",
        ]
    );
}

#[test]
fn routes_are_told_from_what_is_alike() {
    let quiet = "import httpx\nfrom fastapi import FastAPI\napp = FastAPI()\n# @app.get(\"/commented\")\n\"\"\"\n@app.get(\"/in-a-docstring\")\n\"\"\"\ntext = '@app.get(\"/quoted\")'\nhttpx.get(\"/api/x\")\nclient.post(\"/api/x\", json={})\n@cache.get(\"/x\")\ndef f(): ...\n@app.middleware(\"http\")\nasync def m(request, call_next): ...\n@app.on_event(\"startup\")\ndef s(): ...\n@pytest.fixture\ndef t(): app.get(\"/y\")\n";
    assert_eq!(read(&[("main.py", quiet)]), [""; 0]);
}

#[test]
fn what_is_made_while_the_app_runs_is_told() {
    let code = "app = FastAPI()\nPREFIX = \"/p\"\n@app.get(PREFIX + \"/a\")\ndef a(): ...\n@app.get(f\"/{PREFIX}/b\")\ndef b(): ...\napp.include_router(somewhere.router, prefix=\"/c\")\n";
    let code = Code::read(&*FakeFiles::new(&[("main.py", code)]), &[]);
    let names: Vec<String> = code.routes.iter().map(super::super::Route::name).collect();
    assert_eq!(names, ["GET /p/a"]);
    assert_eq!(
        code.unread,
        [
            "main.py:5: the path of a route is made while the app runs",
            "main.py:7: the router `somewhere.router` was not found",
        ]
    );
}

#[test]
fn guards_are_seen_on_decorators_routers_and_functions() {
    let code = "app = FastAPI()\nrouter = APIRouter(dependencies=[Depends(verify_token)])\napp.include_router(router)\n@router.get(\"/router\")\ndef a(): ...\n@app.get(\"/decorator\", dependencies=[Security(get_user, scopes=[\"x\"])])\ndef b(): ...\n@app.get(\"/parameter\")\ndef c(user: Annotated[User, Depends(auth.get_current_user)]): ...\n@app.get(\"/default\")\ndef d(user=Depends(get_current_user), db=Depends(get_db)): ...\n@app.get(\"/open\")\ndef e(db: Session = Depends(get_session)): ...\n@app.get(\"/other\")\ndef f(x=Depends(something)): ...\n@app.get(\"/wrapped\")\n@login_required\ndef g(): ...\n@app.post(\"/login\")\ndef login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):\n    return create_access_token(form)\n";
    assert_eq!(
        read(&[("main.py", code)]),
        [
            "GET /decorator main.py:6 get_user",
            "GET /default main.py:10 get_current_user",
            "POST /login main.py:19 nothing",
            "GET /open main.py:12 nothing",
            "GET /other main.py:14 ?",
            "GET /parameter main.py:8 get_current_user",
            "GET /router main.py:4 verify_token",
            "GET /wrapped main.py:16 login_required",
        ]
    );
}

#[test]
fn flask_is_read_alike() {
    let app = "from flask import Flask\nfrom shop.users import bp\napp = Flask(__name__)\napp.register_blueprint(bp, url_prefix='/users')\n@app.route('/')\ndef home(): ...\n";
    let users = "bp = Blueprint('users', __name__)\n@bp.before_request\ndef check(): require_login()\n@bp.route('/<int:id>', methods=['GET', 'POST'])\ndef one(id): ...\n";
    assert_eq!(
        read(&[("shop/__init__.py", app), ("shop/users.py", users)]),
        [
            "GET / shop/__init__.py:5 nothing",
            "GET /users/{id} shop/users.py:4 require_login",
            "POST /users/{id} shop/users.py:4 require_login",
        ]
    );
}

#[test]
fn routers_of_a_loop_are_included() {
    let main = "from app import users, items\napp = FastAPI()\nfor router in [users.router, items.router]:\n    app.include_router(router, prefix=\"/api\")\n";
    let router = "router = APIRouter()\n@router.get(\"/NAME\")\ndef f(): ...\n";
    let (users, items) = (
        router.replace("NAME", "users"),
        router.replace("NAME", "items"),
    );
    assert_eq!(
        read(&[
            ("main.py", main),
            ("app/users.py", &users),
            ("app/items.py", &items)
        ]),
        [
            "GET /api/items app/items.py:2 nothing",
            "GET /api/users app/users.py:2 nothing"
        ]
    );
}
